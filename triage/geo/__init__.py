"""Counties as shapes: where they are, which ones touch, how to draw them; and where much comes from all at once."""
