"""The pages of partners' own staff, below ``/p``."""
