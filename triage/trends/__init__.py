"""What many tips say together, with small numbers held back."""
