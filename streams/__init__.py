"""How events move: event log, pipeline, worker, dead letters."""
