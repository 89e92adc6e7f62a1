"""Every kind of problem that the partner API answers with: a stable code, its HTTP status, and how to mend it.

``GET /api/v1/problems`` publishes this table, and a problem's ``type`` is ``urn:tipstream:problem:`` and its code with dashes. Codes are
never given another meaning; words may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.domain.errors import TipstreamError


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind. ``title`` says what is wrong, ``mend`` what to do; neither changes with the request."""

    code: str
    status: int
    title: str
    mend: str

    @property
    def type(self) -> str:
        """The URN that names it for machines (RFC 9457, section 3.1.1)."""
        return "urn:tipstream:problem:" + self.code.replace("_", "-")


_KINDS = (
    ProblemKind("not_readable", 400, "The request cannot be read", "Send one JSON value in UTF-8, and all of it."),
    ProblemKind("no_key", 401, "An API key is needed", "Send `Authorization: Bearer ts_live_...`; if the key is over, ask for a new one."),
    ProblemKind("suspended", 403, "Your organisation's access is suspended", "Call the agency. In an emergency call 911."),
    ProblemKind("agreement_over", 403, "Your organisation's agreement is over", "Ask the agency to renew it; the public form stays open."),
    ProblemKind("missing_scope", 403, "This key may not do this", "Use a key that has the scope that `detail` names, or ask for one."),
    ProblemKind("photos_off", 403, "Pictures are not agreed", "Leave pictures out, or agree with the agency about them."),
    ProblemKind("not_allowed", 403, "You may not do this", "Read `detail`."),
    ProblemKind("not_found", 404, "There is nothing here", "Check address and id. What others sent does not exist for you."),
    ProblemKind("method_not_allowed", 405, "This address does not take that method", "Use a method that the header `Allow` names."),
    ProblemKind("key_reused", 409, "The idempotency key was used for another report", "Give each report a key of its own."),
    ProblemKind("already_finished", 409, "The report was finished before", "Read the tip, add to it by a message, or retract it."),
    ProblemKind("conflict", 409, "Somebody else was first", "Read it again, then decide."),
    ProblemKind("too_large", 413, "The body is too large", "Send less at once; `detail` says how much goes in."),
    ProblemKind(
        "wrong_media_type", 415, "The body has the wrong media type", "Set `Content-Type` to one that `detail` names; no encoding."
    ),
    ProblemKind("fields_to_mend", 422, "Some fields must be mended", "Mend all that `errors` lists, then send it again."),
    ProblemKind("too_many", 429, "Too many requests", "Wait as many seconds as `Retry-After` says."),
    ProblemKind("quota_used", 429, "Today's quota is used up", "Wait as many seconds as `Retry-After` says, or ask for a larger quota."),
    ProblemKind(
        "our_fault", 500, "Something broke on our side", "Send it again with the same idempotency key; if it stays so, tell the agency."
    ),
    ProblemKind("unavailable", 503, "Reports cannot be taken right now", "Send it again in a few seconds, with the same idempotency key."),
)

PROBLEMS: Mapping[str, ProblemKind] = {kind.code: kind for kind in _KINDS}
"""The kinds by code."""

_GENERAL = {
    400: "not_readable", 401: "no_key", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed", 409: "conflict",
    413: "too_large", 415: "wrong_media_type", 422: "fields_to_mend", 429: "too_many", 503: "unavailable",
}  # fmt: skip


def general(status: int) -> ProblemKind:
    """The kind that an HTTP status alone stands for."""
    return PROBLEMS[_GENERAL.get(status, "our_fault" if status >= 500 else "not_readable")]


class Refused(TipstreamError):
    """The API refuses for the reason ``code``, one of ``PROBLEMS``. ``retry_after`` is in seconds, 0 where waiting does not help."""

    def __init__(self, code: str, detail: str, retry_after: int = 0) -> None:
        super().__init__(detail)
        self.kind = PROBLEMS[code]
        self.retry_after = retry_after
        self.retryable = retry_after > 0
