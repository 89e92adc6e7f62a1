"""Finding cases: the query language, searching, kept searches, files of what was found."""
