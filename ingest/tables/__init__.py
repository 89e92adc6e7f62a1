"""Partners' files: reading, mapping and importing their rows."""
