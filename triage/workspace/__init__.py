"""The work on a case: its file and tasks, how it closes, what is known in it, and how that is drawn, listed and printed."""
