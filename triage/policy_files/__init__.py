"""Reads the files of a policy. Each error names file, line and what to write instead."""
