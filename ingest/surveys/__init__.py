"""Community surveys and what they say to whoever plans."""
