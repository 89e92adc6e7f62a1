"""Things by which desks learn of one another: plates, telephones, handles ... in the one form in which two of them can be the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from triage.domain.assessment import Assessment
from triage.domain.tip import Tip
from triage.hints import addresses, plates, street_address
from triage.linking import fold_confusables

_OTHERS = frozenset({"reporter", "business"})  # a shop's number is in everybody's tips


def things(tip: Tip, assessment: Assessment) -> frozenset[tuple[str, str]]:
    """The tip's whole plates, telephones, handles, wallets, VINs, trailers and street addresses, as (kind, value).

    None that is the reporter's own or a business's, and no part of anything.
    """
    found = {("plate", plate) for form, plate in plates(tip, assessment) if form == "whole"}
    found |= {("address", address) for address in addresses(tip, assessment)}
    for entity in assessment.entities:
        form = _FORMS.get(entity.type)
        if form and entity.type in _FROM_TEXT and not entity.partial and entity.role not in _OTHERS and (value := form(entity.value)):
            found.add((entity.type, value))
    return frozenset(found)


def typed(kind: str, text: str) -> str:
    """What somebody typed, in the form of ``things``; empty for what is no whole thing of that kind."""
    return _FORMS[kind](text)


def _plate(text: str) -> str:
    folded = fold_confusables(text)
    return folded if 5 <= len(folded) <= 8 else ""


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    digits = f"1{digits}" if len(digits) == 10 and not text.strip().startswith("+") else digits
    return f"+{digits}" if 8 <= len(digits) <= 15 else ""


def _handle(text: str) -> str:
    """The name alone: people do not always know on which platform it was."""
    name = re.split(r"[:/]", text.strip())[-1].lstrip("@$").lower()
    return name if len(name) >= 3 and not re.search(r"\s", name) else ""


def _wallet(text: str) -> str:
    return text.strip().lower() if re.fullmatch(r"\w{20,100}", text.strip()) else ""


def _vin(text: str) -> str:
    vin = re.sub(r"[\s-]", "", text).upper()
    return vin if re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", vin) else ""


def _trailer(text: str) -> str:
    trailer = re.sub(r"[^A-Z0-9]", "", text.upper())
    return trailer if 4 <= len(trailer) <= 12 else ""


_FORMS: Mapping[str, Callable[[str], str]] = {
    "plate": _plate,
    "phone": _phone,
    "handle": _handle,
    "wallet": _wallet,
    "vin": _vin,
    "trailer": _trailer,
    "address": street_address,
}
_FROM_TEXT = _FORMS.keys() - {"plate", "address"}

KINDS = tuple(_FORMS)
"""What can be asked about."""
