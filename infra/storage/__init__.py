"""Storage on a relational database, by SQLAlchemy Core. ``database`` opens it, ``migrate`` brings its tables up to date."""
