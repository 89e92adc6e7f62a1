"""The partners' side: forms, API, receipts, and what partners get back."""
