"""The case index: adapters of ``triage.ports.CaseIndex``."""
