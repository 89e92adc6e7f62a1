"""What the commands ``tipstream assess`` and ``tipstream evaluate`` do, without the command line around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from models.assess import BATCH, Assessor
from models.ports import TipText
from triage.domain.assessment import Assessment
from triage.domain.errors import FieldError, InvalidInput

_KNOWN = ("id", "text", "lang", "channel", "sector")


def assess_file(lines: Iterable[str], write: Callable[[str], None], assessor: Assessor, progress: Callable[[int], None]) -> int:
    """Assess JSON lines ``{"id", "text"}`` (``lang``, ``channel``, ``sector`` may be there; the latter two are never looked at).

    Writes one JSON line each, in order, a batch at a time; ``progress`` gets the number of tips done since it was last
    called. Blank lines are skipped.
    Returns how many were assessed. Raises ``InvalidInput`` naming the first line that cannot be read; lines of whole batches before it
    are written by then.
    """
    done = 0
    for batch in _batches(_tips(lines)):
        for assessment in assessor.assess(batch):
            write(as_json(assessment) + "\n")
        done += len(batch)
        progress(len(batch))
    return done


def as_json(assessment: Assessment) -> str:
    """One assessment as one line of JSON; offsets are code points into the text as it was given."""
    return json.dumps(
        {
            "id": assessment.tip_id,
            "categories": {reading.category: reading.probability for reading in assessment.categories},
            "labels": list(assessment.labels),
            "urgency": assessment.urgency.value,
            "flags": list(assessment.flags),
            "findings": [
                {"indicator": found.indicator, "start": found.start, "end": found.end, "assertion": found.assertion.value, "by": found.by}
                for found in assessment.findings
            ],
            "entities": [
                {"type": entity.type, "start": entity.start, "end": entity.end, "value": entity.value} for entity in assessment.entities
            ],
            "language": assessment.language,
            "model": assessment.model,
        },
        ensure_ascii=False,
    )


def _tips(lines: Iterable[str]) -> Iterator[TipText]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _tip(line, number)


def _tip(line: str, number: int) -> TipText:
    where = f"line {number}"
    try:
        row = json.loads(line)
    except ValueError:
        raise InvalidInput([FieldError(where, "json", 'is not JSON. Write one object a line: {"id": "1", "text": "..."}')]) from None
    if not isinstance(row, dict):
        raise InvalidInput([FieldError(where, "type", 'is not an object. Write {"id": "1", "text": "..."}')])
    errors = [
        FieldError(f"{where}.{name}", "type" if name in row else "missing", f'give "{name}" as a text')
        for name in ("id", "text")
        if not isinstance(row.get(name), str)
    ]
    errors += [
        FieldError(f"{where}.{name}", "type", f'give "{name}" as a text or leave it out')
        for name in _KNOWN[2:]
        if not isinstance(row.get(name, ""), str | None)
    ]
    if errors:
        raise InvalidInput(errors)
    return TipText(row["id"], row["text"], language_hint=row.get("lang") or "")


def _batches(tips: Iterator[TipText]) -> Iterator[list[TipText]]:
    batch: list[TipText] = []
    for tip in tips:
        batch.append(tip)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
