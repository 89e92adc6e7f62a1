"""Webhooks: where they may lead, what they say, when they are tried again."""
