"""The pages about cases: the list, a case with its tabs, its graph and map, the report, and what colleagues think of a source."""
