"""The words of the console: codes of the domain as people read them, ages against targets, dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.assessment import Assertion, Band
from triage.domain.case import DECLINE_REASONS, ActKind, CaseKind, CaseStatus, EntryState
from triage.domain.query import Field
from triage.domain.tip import Answer, Channel, SourceBasis, Tip, WhenBucket

BANDS: Mapping[Band, str] = {Band.LIKELY: "Likely", Band.POSSIBLE: "Possible", Band.UNLIKELY: "Unlikely"}
KINDS: Mapping[CaseKind, str] = {CaseKind.CASE: "Case", CaseKind.REFERRAL: "Referral to care", CaseKind.HOLD: "Hold"}
STATUSES: Mapping[CaseStatus, str] = {CaseStatus.NEW: "New", CaseStatus.ACTIVE: "Active", CaseStatus.CLOSED: "Closed"}
STATES: Mapping[EntryState, str] = {EntryState.WAITING: "Waiting", EntryState.CLAIMED: "Claimed", EntryState.DONE: "Decided"}
ASSERTIONS: Mapping[Assertion, str] = {
    Assertion.PRESENT: "said to be so",
    Assertion.NEGATED: "denied",
    Assertion.HYPOTHETICAL: "supposed",
    Assertion.HEARSAY: "hearsay",
    Assertion.HISTORICAL: "in the past",
    Assertion.FICTION: "drill or story",
    Assertion.RESOLVED: "resolved",
}
ACTS: Mapping[ActKind, str] = {
    ActKind.CLAIM: "claimed it",
    ActKind.ASSIGN: "gave it to",
    ActKind.RELEASE: "released it",
    ActKind.ACCEPT: "accepted it",
    ActKind.DECLINE: "declined it",
    ActKind.DUPLICATE: "called it a duplicate of",
    ActKind.REFER: "referred it to",
    ActKind.TRANSFER: "transferred it to",
    ActKind.OPEN_CASE: "opened a case from the",
    ActKind.SET_URGENCY: "set the urgency to",
    ActKind.SNOOZE: "put it off until",
    ActKind.PROPOSE: "asked to decline it",
    ActKind.UNDO: "took back the last act",
}
DONE: Mapping[str, str] = {
    ActKind.CLAIM.value: "You have claimed this tip.",
    ActKind.ASSIGN.value: "Given. Your colleague is told.",
    ActKind.RELEASE.value: "The tip waits for somebody again.",
    ActKind.ACCEPT.value: "Accepted. The case is active.",
    ActKind.DECLINE.value: "Declined.",
    ActKind.DUPLICATE.value: "Moved to the other tip's case.",
    ActKind.REFER.value: "Referred to care.",
    ActKind.TRANSFER.value: "Transferred.",
    ActKind.OPEN_CASE.value: "This is a case now.",
    ActKind.SET_URGENCY.value: "The urgency is set.",
    ActKind.SNOOZE.value: "Put off. It comes back to the queue by itself.",
    ActKind.PROPOSE.value: "Asked to decline. Somebody else must agree; until then the tip waits on.",
    ActKind.UNDO.value: "Undone: everything is as it was.",
    "kept": "The search is kept. You will be told about every new tip that it finds.",
    "removed": "The search is no longer kept.",
    "seen": "Marked as seen.",
    "wrong": "Kept: this highlight is wrong.",
    "message": "Sent. It leaves in ten seconds; then the sender reads it with their code.",
    "outcome": "Kept.",
    "grade": "The grade is kept.",
    "destroyed": "The picture is destroyed.",
    "tie-last": "Kept. That was the last one to compare.",
    "shared": "Shared. The receiving desk is told.",
    "recalled": "Taken back. They cannot read it any more.",
    "restricted": "Only the people whom you named know of this case now.",
    "opened_up": "Everybody at its desks can read it again.",
    "handed": "Kept. The service was asked; write down here what comes of it.",
    "answered": "Kept.",
    "wellbeing": "Kept. It holds from the next page on.",
    "break": "Good. Counting begins anew; take the time that you need.",
}
CHANNELS: Mapping[Channel, str] = {
    Channel.WEB_FORM: "web form",
    Channel.API: "API",
    Channel.SMS: "text message",
    Channel.PHONE_TRANSCRIPT: "phone transcript",
    Channel.EMAIL: "e-mail",
    Channel.BULK: "bulk import",
    Channel.SURVEY: "survey",
}
_BASES: Mapping[SourceBasis, str] = {
    SourceBasis.SAW: "saw or heard it",
    SourceBasis.TOLD: "was told",
    SourceBasis.HAPPENED_TO_ME: "it happened to them",
    SourceBasis.PART_OF_JOB: "noticed it in their work",
    SourceBasis.RATHER_NOT_SAY: "would rather not say",
}
_WHEN: Mapping[WhenBucket, str] = {
    WhenBucket.NOW: "happening now",
    WhenBucket.LAST_24_HOURS: "in the last 24 hours",
    WhenBucket.LAST_7_DAYS: "in the last 7 days",
    WhenBucket.LONGER_AGO: "longer ago",
    WhenBucket.NOT_SURE: "not sure",
}
_ANSWERS: Mapping[Answer, str] = {Answer.YES: "yes", Answer.NO: "no", Answer.NOT_SURE: "not sure"}
_LOOKS: Mapping[str, str] = {
    "tip.read": "read the tip",
    "tip.escalate": "took a step because nobody had claimed it",
    "tip.escalate_unsent": "gave up a message that nobody took",
    "tip.decide": "read, linked and routed it",
    "tip.receive": "sent it",
    "tip.received": "sent it",
    "tip.amended": "added to it",
    "tip.message": "wrote to the sender",
    "tip.outcome": "said how useful it was",
    "thread.seen": "saw the newest message",
    "contact.read": "looked at how to reach the sender",
    "contact.left": "left a way to reach them",
    "contact.replaced": "changed how to reach them",
    "contact.consent": "changed who may know who they are",
    "contact.withdrawn": "took back how to reach them",
    "messages.stopped": "asked for no more messages",
    "messages.wanted": "takes messages again",
    "picture.added": "added a picture",
    "picture.read": "looked at a picture",
    "picture.destroyed": "destroyed a picture",
    "case.read": "read the case",
    "case.assign": "gave it to somebody",
    "case.plan": "wrote the plan",
    "case.note": "wrote a note",
    "case.task": "added or gave a task",
    "case.task_ended": "ended a task",
    "case.propose_close": "asked to close it",
    "case.close": "closed it",
    "case.reopen": "went on working on it",
    "case.export": "took it out as a report",
    "tip.grade": "graded it",
    "source.read": "looked at how earlier tips of the organisation ended",
    "tip.link": "said whether it is the same as another tip",
    "deconfliction.asked": "asked who else works on it",
    "deconfliction.named": "named the desk to another one that holds the same",
    "share.read": "read what is shared of it",
    "share.preview": "looked at what would be shared",
    "share.export": "took out what is shared of it",
    "case.share": "shared it",
    "case.recall": "took a share back",
    "case.sent_on": "sent it on to an agency outside",
    "case.not_sent": "did not send it on",
    "case.restrict": "restricted who may know of it",
    "case.open_up": "opened it up",
    "case.ask_seal": "asked to get in",
    "case.break_seal": "let a second supervisor in",
    "care.prepared": "looked at what a service may be told",
    "care.offered": "asked a service to help",
    "care.accepted": "wrote down that a service accepted",
    "care.declined": "wrote down that a service declined",
    "care.reached": "wrote down that the service reached them",
    "care.not_reached": "wrote down that the service did not reach them",
    "care.withdrawn": "wrote down that help is no longer wanted",
    "referral.override": "opened the referral from outside",
    "tip.translate": "had a machine translate it",
}
KEYS: tuple[tuple[str, str, str, str], ...] = (
    ("next", "j", "↓ on a row", "The next row"),
    ("previous", "k", "↑ on a row", "The row before"),
    ("open", "o", "Enter", "Open the row"),
    ("select", "x", "Space on a row", "Select the row"),
    ("back", "u", "Alt ←", "Back to the queue"),
    ("search", "/", "Ctrl K", "Search"),
    ("claim", "0", "", "Claim the tip"),
    ("assign", "a", "", "Assign it, or claim it"),
    ("accept", "1", "Ctrl Enter", "Accept it"),
    ("duplicate", "2", "Ctrl Shift D", "It is a duplicate of …"),
    ("decline", "3", "Ctrl Shift X", "Decline …"),
    ("refer", "4", "", "Refer to care …"),
    ("transfer", "5", "", "Transfer …"),
    ("snooze", "s", "", "Put off …"),
    ("reply", "r", "", "Write to the sender"),
    ("undo", "z", "Ctrl Z", "Undo, for 10 seconds"),
    ("nextMark", "]", "", "The next highlight"),
    ("previousMark", "[", "", "The highlight before"),
    ("wrong", "w", "", "This highlight is wrong"),
    ("include", "+", "", "Keep only this value, in a search"),
    ("exclude", "-", "", "Leave this value out, in a search"),
    ("same", "y", "", "The same, where two tips are compared"),
    ("unsure", "h", "", "Not sure, where two tips are compared"),
    ("different", "n", "", "Different, where two tips are compared"),
    ("help", "?", "", "This page"),
)
"""What each key does, by the names that the script knows: act, key until somebody changes it, its twin, words."""
FACET_TITLES: Mapping[Field, str] = {
    Field.CATEGORY: "Concern",
    Field.URGENCY: "Urgency",
    Field.COUNTY: "County",
    Field.PARTNER: "Sender",
    Field.STATUS: "Status",
    Field.KIND: "Kind",
    Field.DESK: "Desk",
    Field.BAND: "Band",
    Field.INDICATOR: "Indicator",
    Field.FLAG: "Flag",
    Field.SECTOR: "Sort of sender",
    Field.LANGUAGE: "Language",
    Field.HAS: "Names a",
}
_ACRONYMS = {"usdot": "USDOT", "mc": "MC number", "vin": "VIN", "url": "Web address", "csam possible": "CSAM possible"}


@dataclass(frozen=True, slots=True)
class Age:
    """How long something waits against its target, in words; ``late`` says by how much it is past it, empty if it is not."""

    text: str
    late: str


def age(start: datetime, due: datetime, now: datetime) -> Age:
    """``12 min of 60``; past the target also ``late by 5 min``."""
    target, waited = max(due - start, timedelta(minutes=1)), max(now - start, timedelta())
    (count, unit), (goal, goal_unit) = _amount(waited), _amount(target)
    text = f"{count} {unit} of {goal}" if unit == goal_unit else f"{count} {unit} of {goal} {goal_unit}"
    return Age(text, f"late by {spell(now - due)}" if now >= due else "")


def spell(duration: timedelta) -> str:
    """``12 min``, ``5 h`` or ``3 d``: one unit, rounded down."""
    count, unit = _amount(duration)
    return f"{count} {unit}"


def _amount(duration: timedelta) -> tuple[int, str]:
    minutes = int(duration.total_seconds() // 60)
    if minutes < 120:
        return minutes, "min"
    return (minutes // 60, "h") if minutes < 48 * 60 else (minutes // 1440, "d")


def moment(at: datetime) -> str:
    """A time as the console shows it: UTC, to the minute."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def plain(code: str) -> str:
    """A code as words: ``minor_involved`` becomes ``Minor involved``."""
    words = code.replace("_", " ").strip()
    return _ACRONYMS.get(words, words[:1].upper() + words[1:])


entity_title = plain


def indicator_title(indicator: str) -> str:
    """An indicator's id as words."""
    return plain(indicator)


def look(action: str) -> str:
    """What an audit row says that somebody did."""
    return _LOOKS.get(action) or action.removeprefix("tip.").replace("_", " ").replace(".", " ")


def gist(text: str, words: int = 14) -> str:
    """The first words of a text, with a mark if there are more."""
    first = text.split(maxsplit=words)
    return " ".join(first[:words]) + (" …" if len(first) > words else "")


def outcome(code: str) -> str:
    """How a case ended: ``declined:resolved`` in words."""
    kind, _, detail = code.partition(":")
    if kind == "declined":
        return f"Declined: {DECLINE_REASONS.get(detail, detail)}"
    return f"Merged into {detail}" if kind == "merged" else plain(code)


def answers(tip: Tip) -> tuple[tuple[str, str], ...]:
    """What the sender answered besides the text, as (question, answer); only what was answered."""
    given = (
        ("Life at risk now?", _ANSWERS[tip.life_threat] if tip.life_threat else ""),
        ("When", _WHEN[tip.when_bucket] if tip.when_bucket else ""),
        ("Somebody under 18?", _ANSWERS[tip.minor_possible] if tip.minor_possible else ""),
        ("How they know", _BASES[tip.source_basis] if tip.source_basis else ""),
        ("Their role", tip.partner_role),
        ("Their reference", tip.partner_reference),
        ("Contact", "left, sealed" if tip.has_contact else "none: anonymous"),
        ("May police know who they are?", "yes" if tip.consent.police else "no"),
        ("May support services?", "yes" if tip.consent.support else "no"),
    )
    return tuple((question, answer) for question, answer in given if answer)
