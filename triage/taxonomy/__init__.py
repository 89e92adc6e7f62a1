"""The concern categories, the indicators and the urgency levels, as annotated data."""
