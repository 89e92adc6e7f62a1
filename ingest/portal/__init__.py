"""What partners' own staff see, and what the agency tells them."""
