"""Who may report: partners, their agreements, keys and people."""
