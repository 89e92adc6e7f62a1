"""The words of shares and restrictions, and a projection as both sides' pages show it."""

from __future__ import annotations

from collections.abc import Mapping

from triage.domain.errors import FieldError, InvalidInput
from triage.domain.share import AgencyKind, PassedOn, Share, ShareMode, SharePart
from triage.sharing.projection import SharedTip
from triage.sharing.restriction import AGREE, ASKED, ENTERED
from triage.sharing.shares import Projection
from triage.sharing.wishes import Receiver, last_day
from triage.web.views import Words, county_name
from triage.web.wording import ASSERTIONS, BANDS, entity_title, indicator_title, moment

PARTS: Mapping[SharePart, tuple[str, str]] = {
    SharePart.TEXT: ("What the sender wrote", "with the places and things named in it; what tells who the sender is, is replaced"),
    SharePart.FINDINGS: ("What was read in it", "kinds of evidence, without their words"),
    SharePart.ENTITIES: ("What is named in it", "plates, phones, handles, people; nothing of the sender"),
    SharePart.PLACE: ("The place", "county, and the sender's answer to “where”"),
    SharePart.LEVEL: ("Level and concern", "as they stand whenever it is read"),
    SharePart.PICTURES: ("Pictures", "those that are there now, each shown on request"),
}
MODES: Mapping[ShareMode, tuple[str, str]] = {
    ShareMode.INFO: ("For information", "They read what you choose below, and nothing else."),
    ShareMode.JOINT: (
        "Joint work",
        "They read the whole case with you, later tips and the thread too, but never how to reach a sender. Your desk decides.",
    ),
}
AGENCIES: Mapping[AgencyKind, str] = {AgencyKind.ADJACENT: "Agencies beside ours", AgencyKind.FOREIGN: "Foreign agencies"}
PASSED: Mapping[PassedOn, str] = {
    PassedOn.WAITING: "Waits to be sent on",
    PassedOn.SENT: "Sent on",
    PassedOn.REFUSED: "Not sent",
}
SEAL_WORDS: Mapping[str, str] = {
    ASKED: "A supervisor who is not named asks to get into a restricted case of yours",
    AGREE: "A supervisor of your desk asks to get into a restricted case, and needs a second one",
    ENTERED: "Two supervisors got into a restricted case of yours",
}
DONE: Mapping[str, str] = {
    "passed": "Kept. The desk that shares it is told.",
    "asked": "Asked. Everybody who is named and the other supervisors of the desk are told; one of these must agree.",
    "agreed": "You are both named from now on, and everybody who was named is told.",
}


def version_in(form: Mapping[str, str]) -> int:
    """The version of the case that the page showed. Raises ``InvalidInput`` for what no form of ours sends."""
    given = form.get("version", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidInput([FieldError("version", "required", "Send the form as the page has it.")])
    return int(given)


def receiver_title(receiver: Receiver) -> str:
    """A receiver with its agency."""
    return f"{receiver.title} ({receiver.agency})" if receiver.agency else receiver.title


def state_of(share: Share, lives: bool) -> str:
    """Where a share stands."""
    if share.recalled_at is not None:
        return f"taken back {moment(share.recalled_at)}"
    return f"until {last_day(share.until)}" if lives else f"ended {last_day(share.until)}"


def seen_values(projection: Projection, words: Words) -> dict[str, object]:
    """What the template of a projection shows: the same for the preview and for the receiver."""
    return {
        "desk": words.desk(projection.desk),
        "mode": MODES[projection.mode][0],
        "joint": projection.mode is ShareMode.JOINT,
        "why": projection.why,
        "until": f"the end of {last_day(projection.until)}, UTC",
        "tips": [_tip(tip, words) for tip in projection.tips],
    }


def _tip(tip: SharedTip, words: Words) -> dict[str, object]:
    things: dict[str, list[str]] = {}
    for thing in tip.entities or ():
        role = "" if thing.role == "unknown" else f" ({thing.role})"
        things.setdefault(entity_title(thing.type), []).append(f"{thing.value}{role}")
    level, place = tip.level, tip.place
    return {
        "number": tip.number,
        "received": moment(tip.received_at),
        "text": tip.text,
        "cut": tip.cut,
        "findings": None if tip.findings is None else [(indicator_title(name), ASSERTIONS[how]) for name, how in tip.findings],
        "entities": None if tip.entities is None else [(kind, ", ".join(values)) for kind, values in things.items()],
        "place": None if place is None else (county_name(place.county, place.state), place.words),
        "level": None
        if level is None
        else {
            "urgency": level.urgency.value,
            "title": words.urgency(level.urgency),
            "threat": level.life_threat,
            "band": BANDS[level.band],
            "categories": [words.category(category) for category in level.categories],
        },
        "pictures": None if tip.pictures is None else len(tip.pictures),
    }


def as_json(share: Share, projection: Projection, words: Words) -> dict[str, object]:
    """The projection as a file for an agency outside: codes as they are, times in ISO 8601."""

    def tip(one: SharedTip) -> dict[str, object]:
        shown: dict[str, object] = {"number": one.number, "received_at": one.received_at.isoformat()}
        if one.text is not None:
            shown["text"] = one.text
        if one.findings is not None:
            shown["findings"] = [{"indicator": name, "assertion": how.value} for name, how in one.findings]
        if one.entities is not None:
            shown["entities"] = [{"type": thing.type, "value": thing.value, "role": thing.role} for thing in one.entities]
        if one.place is not None:
            shown["place"] = {"county": one.place.county, "state": one.place.state, "words": one.place.words}
        if one.level is not None:
            level = one.level
            shown["level"] = {
                "urgency": level.urgency.value,
                "life_threat": level.life_threat,
                "band": level.band.value,
                "categories": list(level.categories),
            }
        if one.pictures is not None:
            shown["pictures"] = len(one.pictures)
        return shown

    return {
        "share": share.id,
        "from": words.desk(projection.desk),
        "why": projection.why,
        "until": projection.until.isoformat(),
        "tips": [tip(one) for one in projection.tips],
    }
