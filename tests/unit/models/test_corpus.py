"""Every labelled tip of the corpus is well formed, so that training and evaluation rest on what its guide says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from tests.builders import taxonomy
from triage.taxonomy.taxonomy import ENTITY_TYPES, FLAGS

KEYS = {"id", "text", "lang", "channel", "sector", "categories", "urgency", "flags", "indicators", "entities"}


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((files("models") / "corpus").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".jsonl"):
            for number, line in enumerate(path.read_text("utf8").splitlines(), 1):
                yield f"{path.name}:{number}", json.loads(line)


@pytest.fixture(scope="module")
def corpus() -> list[tuple[str, dict[str, Any]]]:
    return list(rows())


def test_it_is_whole(corpus: list[tuple[str, dict[str, Any]]]) -> None:
    assert len(corpus) == 14_329
    assert not [where for where, row in corpus if not row.keys() >= KEYS]


def test_ids_and_texts_stand_once(corpus: list[tuple[str, dict[str, Any]]]) -> None:
    for key in ("id", "text"):
        assert not [value for value, times in Counter(row[key] for _, row in corpus).items() if times > 1]


def test_labels_come_from_the_taxonomy_and_go_together(corpus: list[tuple[str, dict[str, Any]]]) -> None:
    known = taxonomy().categories
    for where, row in corpus:
        labels = set(row["categories"])
        assert labels, where
        assert labels <= set(known), where
        assert not any(labels & known[label].excludes for label in labels), where
        assert row["urgency"] in ("P0", "P1", "P2", "P3", "P4"), where
        assert set(row["flags"]) <= set(FLAGS), where


def test_marks_stand_in_the_text(corpus: list[tuple[str, dict[str, Any]]]) -> None:
    for where, row in corpus:
        for mark in row["indicators"]:
            assert mark["id"] in taxonomy().indicators, where
            assert mark["quote"], where
            assert mark["quote"] in row["text"], where
        for mark in row["entities"]:
            assert mark["type"] in ENTITY_TYPES, where
            assert mark["text"], where
            assert mark["text"] in row["text"], where
