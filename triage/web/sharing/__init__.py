"""Pages around work across desks and agencies."""
