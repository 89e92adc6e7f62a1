"""The things named in a tip: one small recognizer a kind, one reader that runs them and settles their overlaps."""
