"""The partners' and the public's way in: API, report form, return page."""
