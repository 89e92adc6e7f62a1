"""The partner API as a table of endpoints, and what lies behind it."""
