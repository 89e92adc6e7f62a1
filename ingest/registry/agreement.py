"""What a partner's agreement lets it send."""

from __future__ import annotations

from ingest.domain.partner import Partner
from ingest.submission import Submission
from triage.domain.errors import FieldError

ALWAYS_AGREED = frozenset({"narrative", "lang", "life_threat", "consent", "channel"})
"""Fields that every agreement covers: what was seen, whether somebody is in danger, the sender's own protection, and what programs set."""

AGREEABLE = tuple(name for name in Submission.__struct_fields__ if name not in ALWAYS_AGREED)
"""Fields of a submission that an agreement can leave out, in the order of the schema."""


def may_send(partner: Partner, field: str) -> bool:
    """Whether the agreement covers this top-level field of a submission."""
    return not partner.agreed_fields or field in ALWAYS_AGREED or field in partner.agreed_fields


def outside_agreement(partner: Partner, submission: Submission) -> list[FieldError]:
    """The fields that were sent and that the agreement does not cover, each with code ``not_agreed``; none for most submissions."""
    if not partner.agreed_fields:
        return []
    message = "Your agreement does not cover this field. Leave it out, or ask the agency to add it."
    return [
        FieldError(name, "not_agreed", message)
        for name in AGREEABLE
        if getattr(submission, name) is not None and name not in partner.agreed_fields
    ]
