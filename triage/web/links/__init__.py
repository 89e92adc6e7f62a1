"""The pages about ties: two tips side by side, cases made one, desks that work on the same thing."""
