"""The report form's answers: what a browser sends, as a submission. Fields are named by their path in a submission.

What people cannot see or mend is repaired without a word: line ends as a browser sends them, control characters, blanks around
an answer of one line. Words are never changed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl

import msgspec

from ingest.schema import from_value
from ingest.submission import Submission
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.tip import Channel, PersonRole

NARRATIVE_LIMIT = 10_000
"""Characters of the report in a form; more can be added after sending."""

HONEYPOT = "website"
"""A field that people do not see; programs that fill in everything give themselves away."""

POINT = ("geo.lat", "geo.lon", "geo.accuracy_m")
"""The fields of a point that a person let the page look up: degrees, degrees, metres."""

_FIELD_LIMIT = 200
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PLACE = ("name", "road", "exit", "town", "county", "state")
_VEHICLE = ("plate", "state", "description", "company")
_CONTACT = ("name", "phone", "email", "safe_times", "language")
_PERSONS = (PersonRole.MAY_NEED_HELP, PersonRole.WORRYING)

Answers = Mapping[str, str]


def read_answers(body: bytes) -> Answers:
    """The answers of an urlencoded form by field name; a repeated field keeps its last value. Raises ``InvalidInput``."""
    try:
        pairs = parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=_FIELD_LIMIT)
    except ValueError as error:
        raise InvalidInput([FieldError("", "too_many", "The form has more fields than it should. Open it anew.")]) from error
    return {name: _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")) for name, value in pairs}


def to_submission(answers: Answers, language: str) -> Submission:
    """The submission. Raises ``InvalidInput`` with one error a field, their paths being the form's field names."""
    errors = list(_form_errors(answers))
    try:
        submission = from_value(_to_value(answers, language))
    except InvalidInput as error:
        errors += [FieldError(re.sub(r"^identifiers\[\d+\]", "identifiers", e.path), e.code, e.message) for e in error.errors]
    if errors:
        raise InvalidInput(list({error.path: error for error in reversed(errors)}.values())[::-1])
    described = [person for person in submission.persons or [] if person.description]
    return msgspec.structs.replace(submission, persons=described or None)


def errors_at(answers: Answers, names: Collection[str]) -> list[FieldError]:
    """What must be mended in these fields of a form that may not be finished; each error once, in the order of the form."""
    try:
        to_submission(answers, "")
    except InvalidInput as error:
        return [e for e in error.errors if e.path in names]
    return []


def leaves_contact(answers: Answers) -> bool:
    """Whether any contact details would be kept."""
    return _contact(answers) is not None


def _form_errors(answers: Answers) -> list[FieldError]:
    """What only the form asks for."""
    narrative = answers.get("narrative", "")
    if not narrative.strip():
        return [FieldError("narrative", "empty", "Tell us what you saw or heard. A few words is enough.")]
    errors = []
    if len(narrative) > NARRATIVE_LIMIT:
        errors.append(FieldError("narrative", "too_long", f"Shorten it to {NARRATIVE_LIMIT:,} characters or fewer."))
    if answers.get("contact") == "yes" and not (_line(answers, "contact.phone") or _line(answers, "contact.email")):
        errors.append(FieldError("contact.phone", "no_way_back", "Enter a phone number or an email, or choose to stay anonymous."))
    return errors


def _to_value(answers: Answers, language: str) -> dict[str, object]:
    vehicle = _group(answers, "vehicles[0]", _VEHICLE)
    persons = [{"role": role, "description": _text(answers, f"persons[{n}].description")} for n, role in enumerate(_PERSONS)]
    online = [line.strip() for line in answers.get("identifiers", "").splitlines() if line.strip()]
    return {
        "channel": Channel.WEB_FORM,
        "lang": language,
        "narrative": answers.get("narrative", ""),
        "life_threat": _line(answers, "life_threat"),
        "place": _group(answers, "place", _PLACE),
        "geo": _geo(answers),
        "when_bucket": _line(answers, "when_bucket"),
        "when_text": _line(answers, "when_text"),
        "persons": persons,
        "minor_possible": _line(answers, "minor_possible"),
        "vehicles": [vehicle] if vehicle else None,
        "identifiers": online or None,
        "source_basis": _line(answers, "source_basis"),
        "partner": _group(answers, "partner", ("role", "reference")),
        "contact": _contact(answers),
        "consent": {"police": "consent.police" in answers, "support": "consent.support" in answers},
    }


def _contact(answers: Answers) -> dict[str, object] | None:
    """Contact details, unless the person chose to stay anonymous: then nothing of them is kept, whatever was typed."""
    given = _group(answers, "contact", _CONTACT)
    if given is None or answers.get("contact") == "no":
        return None
    return {**given, "leave_message": "contact.leave_message" in answers}


def tidy_point(answers: Answers) -> dict[str, str]:
    """The point that a person let the page look up, as it is shown and sent: four decimals, which is about 10 metres.

    It is not typed, so what is no point is left out without a word: then nothing is returned.
    """
    lat, lon, accuracy = (_number(answers, field) for field in POINT)
    if lat is None or lon is None or accuracy is None or abs(lat) > 90 or abs(lon) > 180 or not 0 <= accuracy <= 10_000_000:
        return {}
    return dict(zip(POINT, (f"{lat:.4f}", f"{lon:.4f}", f"{accuracy:.0f}"), strict=True))


def _geo(answers: Answers) -> dict[str, object] | None:
    point = tidy_point(answers)
    return {field.removeprefix("geo."): float(value) for field, value in point.items()} or None


def _number(answers: Answers, name: str) -> float | None:
    try:
        number = float(answers.get(name, ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _group(answers: Answers, name: str, parts: tuple[str, ...]) -> dict[str, object] | None:
    given: dict[str, object] = {part: value for part in parts if (value := _line(answers, f"{name}.{part}"))}
    return given or None


def _line(answers: Answers, name: str) -> str | None:
    return answers.get(name, "").strip() or None


def _text(answers: Answers, name: str) -> str | None:
    value = answers.get(name, "")
    return value if value.strip() else None
