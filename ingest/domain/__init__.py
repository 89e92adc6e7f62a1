"""The values of the partners' side."""
