"""The commands of `tipstream`, a module for each kind of user; loaded only when they are run."""
