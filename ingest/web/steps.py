"""The questions of the form and their order. Which are asked depends on the partner's agreement and on what was answered before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ingest.catalogue import Catalogue
from ingest.domain.partner import Partner
from ingest.registry.agreement import may_send
from ingest.web.fields import POINT, Answers, leaves_contact

PUBLIC = "public"
"""The sector of the form for everybody, which asks nobody for a role at work."""

_SURE = {"yes": "life_threat.yes", "no": "life_threat.no", "not_sure": "life_threat.not_sure"}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "life_threat": _SURE,
    "minor_possible": _SURE,
    "when_bucket": {
        "now": "when.now",
        "last_24_hours": "when.last_24_hours",
        "last_7_days": "when.last_7_days",
        "longer_ago": "when.longer_ago",
        "not_sure": "when.not_sure",
    },
    "source_basis": {
        "saw": "basis.saw",
        "told": "basis.told",
        "happened_to_me": "basis.happened_to_me",
        "part_of_job": "basis.part_of_job",
        "rather_not_say": "basis.rather_not_say",
    },
    "contact": {"no": "contact.no", "yes": "contact.yes"},
}
"""The fields that are answered by choosing: their values and the words for them."""

TICKS: Mapping[str, str] = {
    "contact.leave_message": "contact.leave_message",
    "consent.police": "consent.police",
    "consent.support": "consent.support",
}
"""The fields that are answered by a tick, and the words for it; ``WISHES`` where survivors are asked."""

WISHES: Mapping[str, str] = {"consent.police": "wishes.police", "consent.support": "wishes.support"}

LABELS: Mapping[str, str] = {
    "place.name": "where.name",
    "place.road": "where.road",
    "place.exit": "where.exit",
    "place.town": "where.town",
    "place.county": "where.county",
    "place.state": "where.state",
    "persons[0].description": "people.help",
    "persons[1].description": "people.worry",
    "minor_possible": "people.minor",
    "vehicles[0].plate": "vehicle.plate",
    "vehicles[0].state": "vehicle.state",
    "vehicles[0].description": "vehicle.description",
    "vehicles[0].company": "vehicle.company",
    "partner.role": "staff.role",
    "partner.reference": "staff.reference",
    "contact.name": "contact.name",
    "contact.phone": "contact.phone",
    "contact.email": "contact.email",
    "contact.safe_times": "contact.safe_times",
    "contact.language": "contact.language",
}
"""What stands before an answer on the page where all are checked; the rest say enough alone."""


@dataclass(frozen=True, slots=True)
class Step:
    """One page. ``title`` is the key of its question, ``fields`` what it asks, ``covers`` the parts of a submission that they fill.

    It is left out if the agreement covers none of these, or if ``asked`` says no. A ``step`` without a number is no question.
    """

    name: str
    title: str
    fields: tuple[str, ...] = ()
    covers: tuple[str, ...] = ("narrative",)
    asked: Callable[[Partner, Answers], bool] = lambda *_: True
    numbered: bool = True


def is_survivor(answers: Answers) -> bool:
    """Whether it happened to the person who writes."""
    return answers.get("source_basis") == "happened_to_me"


def _in_danger(_: Partner, answers: Answers) -> bool:
    return answers.get("life_threat") == "yes"


def _survived(_: Partner, answers: Answers) -> bool:
    return is_survivor(answers)


def _at_work(partner: Partner, answers: Answers) -> bool:
    return partner.sector != PUBLIC and not is_survivor(answers)


def _named(_: Partner, answers: Answers) -> bool:
    """Survivors were asked before their contact details, together with what they want to happen."""
    return leaves_contact(answers) and not is_survivor(answers)


_PLACE = ("place.name", "place.road", "place.exit", "place.town", "place.county", "place.state")
_VEHICLE = ("vehicles[0].plate", "vehicles[0].state", "vehicles[0].description", "vehicles[0].company")
_PEOPLE = ("persons[0].description", "persons[1].description", "minor_possible")
_CONTACT = ("contact", "contact.name", "contact.phone", "contact.email", "contact.safe_times", "contact.leave_message", "contact.language")
_CONSENT = ("consent.police", "consent.support")

STEPS = (
    Step("danger", "life_threat.legend", ("life_threat",)),
    Step("help", "help.title", asked=_in_danger, numbered=False),
    Step("what", "what.label", ("narrative",)),
    Step("where", "where.title", (*_PLACE, *POINT), ("place", "geo")),
    Step("when", "when.title", ("when_bucket", "when_text"), ("when_bucket", "when_text")),
    Step("people", "people.title", _PEOPLE, ("persons", "minor_possible")),
    Step("vehicle", "vehicle.title", _VEHICLE, ("vehicles",)),
    Step("online", "online.title", ("identifiers",), ("identifiers",)),
    Step("basis", "basis.title", ("source_basis",), ("source_basis",)),
    Step("wishes", "wishes.title", _CONSENT, ("consent",), _survived),
    Step("staff", "staff.title", ("partner.role", "partner.reference"), ("partner",), _at_work),
    Step("contact", "contact.title", _CONTACT, ("contact",)),
    Step("consent", "consent.legend", _CONSENT, ("consent",), _named),
    Step("check", "check.title", numbered=False),
)
BY_NAME: Mapping[str, Step] = {step.name: step for step in STEPS}
FIRST, LAST = STEPS[0], STEPS[-1]
BEFORE_THE_WORDS = frozenset({"danger", "help", "what"})
"""Steps that can be answered anew when the draft is gone: nothing of weight came before them."""


def path(partner: Partner, answers: Answers) -> list[Step]:
    """The steps that are asked, given the answers so far."""
    return [step for step in STEPS if any(may_send(partner, field) for field in step.covers) and step.asked(partner, answers)]


def after(step: Step, partner: Partner, answers: Answers) -> Step:
    """The next step; the last one has none but itself."""
    return next((other for other in path(partner, answers) if STEPS.index(other) > STEPS.index(step)), LAST)


def before(step: Step, partner: Partner, answers: Answers) -> Step | None:
    """The step before; None before the first."""
    return next((other for other in reversed(path(partner, answers)) if STEPS.index(other) < STEPS.index(step)), None)


def place_of(step: Step, partner: Partner, answers: Answers) -> tuple[int, int]:
    """Which question it is, and of how many; (0, n) for what is no question."""
    questions = [other for other in path(partner, answers) if other.numbered]
    return (questions.index(step) + 1 if step in questions else 0), len(questions)


@dataclass(frozen=True, slots=True)
class Row:
    """A question and its answers, a line each, to be checked; none if it was skipped."""

    step: str
    title: str
    lines: tuple[str, ...]


def rows(partner: Partner, answers: Answers, words: Catalogue) -> list[Row]:
    """What is about to be sent, question by question."""
    return [Row(step.name, words(step.title), tuple(_lines(step, answers, words))) for step in path(partner, answers) if step.numbered]


def _lines(step: Step, answers: Answers, words: Catalogue) -> list[str]:
    if step.name == "contact" and answers.get("contact") == "no":
        return [words("contact.no")]  # nothing that was typed beside it is kept
    lines = [_line(step, field, answers[field], words) for field in step.fields if field in answers and field not in POINT]
    if "geo.lat" in step.fields and "geo.lat" in answers:
        lines.append(words("where.point", point=f"{answers['geo.lat']}, {answers['geo.lon']}", meters=answers["geo.accuracy_m"]))
    return lines


def _line(step: Step, field: str, value: str, words: Catalogue) -> str:
    if field in TICKS:
        return words(WISHES[field] if step.name == "wishes" else TICKS[field])
    text = words(CHOICES[field][value]) if field in CHOICES else value
    return f"{words(LABELS[field])}: {text}" if field in LABELS else text
