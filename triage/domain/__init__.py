"""Frozen values and their invariants; nothing here reads, writes or imports anything of ours outside this folder."""
