"""From bytes to a submission, or to a list of everything that must be mended; never partly.

The common case is one pass of msgspec. Only a body that does not pass is walked again, field by field, to collect all errors at
once. No error repeats what was sent: it may be a name, a phone number or worse.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from msgspec import NODEFAULT, inspect

from ingest.submission import Submission
from triage.domain.errors import FieldError, InvalidInput

BODY_LIMIT = 256 * 1024
"""Bytes of one submission."""

ERROR_LIMIT = 50
"""Errors listed for one body; a body with more is most likely not a tip at all."""

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
"""Loose on purpose: only what certainly cannot be written to is refused."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAY_HOLD_CONTROL = re.compile(rb"\\[bf]|\\u00[017]|\x7f")  # in JSON they stand as escapes, all but DEL
_SAYABLE_KEY = re.compile(r"[A-Za-z_][A-Za-z_]{0,39}")
_DECODER = msgspec.json.Decoder(Submission)
_EXPECTED = inspect.type_info(Submission)


def parse(body: bytes) -> Submission:
    """Read one submission from JSON.

    Raises ``InvalidInput``: with the code ``not_json`` alone if the bytes are not JSON, else with every field to mend.
    """
    try:
        submission = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return from_value(decode(body))
    if _MAY_HOLD_CONTROL.search(body) or any(_rules(submission.narrative, submission.contact and submission.contact.email)):
        return from_value(decode(body))
    return submission


def from_value(value: object) -> Submission:
    """Read one submission from plain values (dicts, lists, text), as decoded JSON or a form gives them.

    Raises ``InvalidInput`` with every field to mend.
    """
    if errors := check(value):
        raise InvalidInput(errors)
    try:
        return msgspec.convert(value, Submission)
    except msgspec.ValidationError as error:
        raise InvalidInput([FieldError("", "not_accepted", "Something here does not fit the schema. Check it field by field.")]) from error


def check(value: object) -> list[FieldError]:
    """Everything in a submission given as plain values that must be mended, up to ``ERROR_LIMIT``; empty if it can be taken."""
    return list(islice(_errors(value), ERROR_LIMIT))


def json_schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of a submission, as published."""
    schema = msgspec.json.schema(Submission)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/api/v1/schema/tip.json",
        "title": "Tip, version 1",
        **schema,
    }


def decode(body: bytes) -> object:
    """JSON as plain values. Raises ``InvalidInput`` with the code ``not_json`` for what is none."""
    try:
        return msgspec.json.decode(body)
    except RecursionError as error:
        raise InvalidInput([FieldError("", "not_json", "The body is nested too deeply. A tip needs three levels.")]) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = "The body is not JSON. Send one JSON object in UTF-8, with text in double quotes."
        raise InvalidInput([FieldError("", "not_json", message)]) from error


def _errors(value: object) -> Iterator[FieldError]:
    yield from _check(value, _EXPECTED, "")
    if isinstance(value, dict):
        contact = value.get("contact")
        yield from _rules(value.get("narrative"), contact.get("email") if isinstance(contact, dict) else None)


def _rules(narrative: object, email: object) -> Iterator[FieldError]:
    """What types cannot say. Values of a wrong type were reported elsewhere."""
    if isinstance(narrative, str) and narrative and not any(map(str.isalnum, narrative)):
        yield FieldError("narrative", "no_words", "Tell us what you saw or heard. A few words is enough.")
    if isinstance(email, str) and email and not EMAIL.fullmatch(email.strip()):
        yield FieldError("contact.email", "not_an_email", "Enter an email like name@example.com.")


def _check(value: object, expected: inspect.Type, path: str) -> Iterator[FieldError]:
    match expected:
        case inspect.Metadata():
            yield from _check(value, expected.type, path)
        case inspect.UnionType():
            yield from _check_union(value, expected, path)
        case inspect.StructType():
            yield from _check_struct(value, expected, path)
        case inspect.ListType():
            yield from _check_list(value, expected, path)
        case inspect.StrType():
            yield from _check_text(value, expected, path)
        case inspect.FloatType():
            if not isinstance(value, int | float) or isinstance(value, bool):
                yield FieldError(path, "wrong_type", "Write a number, without quotes.")
            elif not _at_least(expected.ge) <= value <= _at_most(expected.le):
                yield FieldError(path, "out_of_range", f"Use a number from {expected.ge:g} to {expected.le:g}.")
        case inspect.BoolType():
            if not isinstance(value, bool):
                yield FieldError(path, "wrong_type", "Write true or false, without quotes.")
        case inspect.EnumType():
            choices = [member.value for member in expected.cls]
            if value not in choices:
                yield FieldError(path, "not_a_choice", f"Use one of: {', '.join(choices)}.")
        case _:
            raise NotImplementedError(f"no check for {type(expected).__name__} at {path}")


def _at_least(limit: float | None) -> float:
    return float("-inf") if limit is None else limit


def _at_most(limit: float | None) -> float:
    return float("inf") if limit is None else limit


def _check_union(value: object, expected: inspect.UnionType, path: str) -> Iterator[FieldError]:
    """Unions here are an optional something, or true, false and the words of an answer."""
    takes_bool = any(isinstance(option, inspect.BoolType) for option in expected.types)
    if value is None or (takes_bool and isinstance(value, bool)):
        return
    for option in expected.types:
        if not isinstance(option, inspect.NoneType) and not (isinstance(option, inspect.BoolType) and len(expected.types) > 2):
            yield from _check(value, option, path)


def _check_struct(value: object, expected: inspect.StructType, path: str) -> Iterator[FieldError]:
    if not isinstance(value, dict):
        yield FieldError(path, "wrong_type", "Write an object in braces, with named fields.")
        return
    fields = {field.encode_name: field for field in expected.fields}
    for name, field in fields.items():
        inner = f"{path}.{name}" if path else name
        if name in value:
            yield from _check(value[name], field.type, inner)
        elif field.default is NODEFAULT and field.default_factory is NODEFAULT:
            yield FieldError(inner, "required", "This field is missing. Add it.")
    for name in value:
        if name not in fields:
            yield _unknown(str(name), list(fields), path)


def _unknown(name: str, known: list[str], path: str) -> FieldError:
    """A field that does not exist. Its name is repeated only where it looks like a field's name and not like data."""
    said = name if _SAYABLE_KEY.fullmatch(name) else "?"
    near = difflib.get_close_matches(name.lower(), known, n=1) if said == name else []
    advice = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}."
    return FieldError(f"{path}.{said}" if path else said, "unknown_field", f"There is no such field. {advice}")


def _check_list(value: object, expected: inspect.ListType, path: str) -> Iterator[FieldError]:
    if not isinstance(value, list):
        yield FieldError(path, "wrong_type", "Write a list in square brackets.")
        return
    if expected.max_length is not None and len(value) > expected.max_length:
        yield FieldError(path, "too_many", f"Send {expected.max_length} of these or fewer; put the rest into the narrative.")
    for position, item in enumerate(value):
        yield from _check(item, expected.item_type, f"{path}[{position}]")


def _check_text(value: object, expected: inspect.StrType, path: str) -> Iterator[FieldError]:
    if not isinstance(value, str):
        yield FieldError(path, "wrong_type", "Write text in double quotes.")
        return
    if expected.min_length and len(value) < expected.min_length:
        yield FieldError(path, "empty", "Tell us what you saw or heard. A few words is enough.")
    if expected.max_length is not None and len(value) > expected.max_length:
        yield FieldError(path, "too_long", f"Shorten it to {expected.max_length:,} characters or fewer.")
    if _CONTROL.search(value):
        yield FieldError(path, "control_character", "Remove control characters; only tabs and line breaks may stand in text.")
