"""Ties in words."""

from __future__ import annotations

from collections.abc import Mapping

from triage.domain.decision import LinkKind
from triage.domain.links import Verdict
from triage.hints import SEEN_WITHIN
from triage.links.reasons import Reason
from triage.web.wording import plain

VERDICTS: Mapping[Verdict, str] = {Verdict.SAME: "the same", Verdict.UNSURE: "not sure", Verdict.DIFFERENT: "different"}
STRENGTHS: Mapping[str, str] = {"strong": "Strong", "fair": "Fair", "weak": "Weak"}
THINGS: Mapping[str, str] = {
    "plate": "Plate",
    "phone": "Telephone number",
    "handle": "Name online",
    "address": "Street address",
    "wallet": "Crypto wallet",
    "vin": "VIN",
    "trailer": "Trailer number",
}
"""What can be asked about, as people choose it."""

DONE: Mapping[str, str] = {
    "same": "Kept: the same.",
    "unsure": "Kept: not sure. It is asked again only if something new comes up.",
    "different": "Kept: different. The two are offered again only if something new comes up.",
}


def reason_words(reason: Reason) -> str:
    """What two tips share."""
    value, _, where = reason.value.partition(" @ ")
    match reason.kind:
        case LinkKind.TEXT:
            return f"nearly the same words ({reason.likeness:.0%})"
        case LinkKind.VEHICLE:
            hours = int(SEEN_WITHIN.total_seconds() // 3600)
            return f"a {value} in {_county(where)}, within {hours} hours"
        case LinkKind.SITE:
            return f"the same place: {value}" + (f" in {_county(where)}" if where else "")
        case LinkKind.PARTIAL_PLATE:
            return f"a part of a plate that fits: {value.replace('*', '?')}"
        case LinkKind.PLATE if ":" not in value:
            return f"a plate that reads the same: {value}"
        case _:
            return f"the same {_thing(reason.kind)} {value}"


def kind_words(kind: str) -> str:
    """A kind of thing in the middle of a sentence."""
    return {"phone": "telephone number", "handle": "name online", "vin": "VIN", "wallet": "crypto wallet", "address": "street address"}.get(
        kind, plain(kind).lower()
    )


def _thing(kind: LinkKind) -> str:
    return {LinkKind.VIN: "VIN", LinkKind.USDOT: "USDOT number", LinkKind.EMAIL: "e-mail address"}.get(kind, plain(kind.value).lower())


def _county(key: str) -> str:
    state, _, county = key.partition("/")
    return f"{county}, {state}"
