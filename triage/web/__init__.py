"""The analysts' console: server-rendered pages below ``/desk``."""
