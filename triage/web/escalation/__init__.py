"""Pages about what waits: who is on call, how long tips waited, and news of alerts for an open page."""
