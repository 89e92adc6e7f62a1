"""The second reader: a small transformer, optional when reading (extra ``deep``) and trained apart (extra ``deep-train``)."""
