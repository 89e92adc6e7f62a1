"""JSON lines in, JSON lines out."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from models.assess import BATCH, Assessor
from models.classifier import Classifier, Weights
from models.cli_io import assess_file
from models.normalise import Normaliser
from triage.domain.errors import InvalidInput
from triage.taxonomy.taxonomy import ENTITY_TYPES, Taxonomy

TEXT = "He's selling pills out of the blue Tahoe at pump 6, plate ABC-1234, call 402-555-0143"


@pytest.fixture(scope="module")
def small(make_assessor: Callable[[Classifier], Assessor], small_weights: Weights, normaliser: Normaliser) -> Assessor:
    return make_assessor(Classifier(small_weights))


def run(lines: list[str], assessor: Assessor) -> tuple[list[dict[str, object]], list[int]]:
    written: list[str] = []
    done: list[int] = []
    count = assess_file(lines, written.append, assessor, done.append)
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in written)
    assert count == len(written)
    return [json.loads(line) for line in written], done


def test_a_line_holds_exactly_what_was_agreed(small: Assessor, taxonomy: Taxonomy) -> None:
    [row], _ = run([json.dumps({"id": "a", "text": TEXT, "lang": "en", "channel": "sms", "sector": "trucking"})], small)
    assert list(row) == ["id", "categories", "labels", "urgency", "flags", "findings", "entities", "language", "model"]
    assert list(row["categories"]) == list(taxonomy.categories)
    assert row["id"] == "a"
    assert row["labels"]
    assert row["urgency"] in {"P0", "P1", "P2", "P3", "P4"}
    phone = next(entity for entity in row["entities"] if entity["type"] == "phone")
    assert set(phone) == {"type", "start", "end", "value"}
    assert TEXT[phone["start"] : phone["end"]] == "402-555-0143"
    assert {entity["type"] for entity in row["entities"]} <= set(ENTITY_TYPES)
    assert all(set(finding) == {"indicator", "start", "end", "assertion", "by"} for finding in row["findings"])


def test_channel_and_sector_change_nothing(small: Assessor) -> None:
    rows, _ = run(
        [
            json.dumps({"id": "a", "text": TEXT, "channel": channel, "sector": sector})
            for channel, sector in (("sms", "bank"), ("email", None))
        ],
        small,
    )
    assert rows[0] == rows[1]


def test_order_is_kept_and_progress_told_by_batch(small: Assessor) -> None:
    rows, done = run([json.dumps({"id": str(at), "text": "help"}) for at in range(BATCH + 3)], small)
    assert [row["id"] for row in rows] == [str(at) for at in range(BATCH + 3)]
    assert done == [BATCH, 3]


def test_blank_lines_are_skipped(small: Assessor) -> None:
    rows, _ = run(["\n", json.dumps({"id": "a", "text": ""}), "  "], small)
    assert [row["id"] for row in rows] == ["a"]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("{not json secret", "line 2"),
        ('["secret"]', "line 2"),
        ('{"id": "a"}', "line 2.text"),
        ('{"id": 7, "text": "secret"}', "line 2.id"),
        ('{"id": "a", "text": null}', "line 2.text"),
        ('{"id": "a", "text": "secret", "lang": 5}', "line 2.lang"),
    ],
)
def test_a_bad_line_is_named_by_number_and_never_quoted(line: str, path: str, small: Assessor) -> None:
    with pytest.raises(InvalidInput) as refused:
        run(['{"id": "1", "text": "x"}', line], small)
    assert refused.value.errors[0].path == path
    assert "secret" not in str(refused.value)
