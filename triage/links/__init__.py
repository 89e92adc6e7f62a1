"""Ties between tips: what could belong together, what people say about it, cases made one, and desks that work on the same thing."""
