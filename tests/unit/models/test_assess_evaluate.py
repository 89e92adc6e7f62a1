"""The evaluation reads every tip once, with a model that knows nothing of its writer, and writes down what it measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from models.evaluate import cross_read, evaluate, table
from models.labelled import LabelledTip
from tests.unit.models.conftest import small_corpus
from triage.taxonomy.taxonomy import Taxonomy

QUOTES = {"sex_trafficking": ("earnings_confiscated", "keeps all the money"), "cargo_theft": ("cargo_seal_trailer_tamper", "cut the seal")}


def marked_corpus() -> list[LabelledTip]:
    return [replace(tip, indicators=(QUOTES[tip.categories[0]],) if tip.categories[0] in QUOTES else ()) for tip in small_corpus(6, 3)]


@pytest.mark.slow
def test_every_tip_is_read_once_and_its_writer_was_not_learned_from(taxonomy: Taxonomy) -> None:
    tips = marked_corpus()
    odd_writer = [replace(tip, categories=("illegal_firearms",)) if tip.group == "w0" else tip for tip in tips]
    stages: list[float] = []
    reads = cross_read(odd_writer, taxonomy, lambda what, share: stages.append(share), count=2)
    assert sorted(tip.id for tip, _ in reads) == sorted(tip.id for tip in tips)
    assert stages == sorted(stages)
    of_odd = [found for tip, found in reads if tip.group == "w0"]
    assert not any("illegal_firearms" in found.labels for found in of_odd), "only the odd writer uses that label, so it cannot be known"


@pytest.mark.slow
def test_the_figures_are_written_as_json_and_as_a_table(tmp_path: Path, taxonomy: Taxonomy) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for writer in range(8):
        rows = [
            {
                "id": tip.id,
                "text": tip.text,
                "lang": "en",
                "categories": tip.categories,
                "urgency": tip.urgency,
                "flags": tip.flags,
                "indicators": [{"id": name, "quote": quote} for name, quote in tip.indicators],
                "entities": [],
            }
            for tip in marked_corpus()
            if tip.group == f"w{writer % 6}"
        ]
        (corpus / f"w{writer}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = evaluate(tmp_path / "reports", taxonomy, lambda what, share: None, corpus)
    assert json.loads((tmp_path / "reports" / "evaluation.json").read_text()) == json.loads(json.dumps(result))
    assert result["tips"] == 8 * 12
    assert "macro-AP" in table(result)
