"""Measuring the second reader, and fitting it to a first one: only writers whom neither reader knows."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from models import train
from models.deep import reader
from models.deep.blend import HELD_OUT, blend
from models.deep.blended import BLEND
from models.deep.measure import measure, read_held_out
from models.labelled import LabelledTip, load_corpus
from models.normalise import Normaliser
from tests.unit.models.conftest import small_corpus
from triage.domain.assessment import Urgency
from triage.taxonomy.taxonomy import Taxonomy

PACKAGED = files("models").joinpath("artifact")


@pytest.fixture(scope="module")
def tips() -> list[LabelledTip]:
    """Eight writers, four of them under the held-out names."""
    names = dict(zip((f"w{number}" for number in range(4)), sorted(HELD_OUT), strict=True))
    return [replace(tip, group=names.get(tip.group, tip.group), urgency=list(Urgency)[at % 5]) for at, tip in enumerate(small_corpus(8, 3))]


@pytest.mark.slow
def test_one_reader_and_both_read_the_same_tips_of_the_held_out_writers(tips: list[LabelledTip]) -> None:
    reads = read_held_out(tips, reader.load(PACKAGED), lambda what, share: None)
    wanted = sorted(tip.id for tip in tips if tip.group in HELD_OUT)
    assert sorted(tip.id for tip, _ in reads.both) == wanted
    assert [tip.id for tip, _ in reads.first] == [tip.id for tip, _ in reads.both]
    assert not {assessment.model for _, assessment in reads.first} & {assessment.model for _, assessment in reads.both}


@pytest.mark.slow
def test_the_figures_of_one_and_of_both_are_written(tips: list[LabelledTip], tmp_path: Path, taxonomy: Taxonomy) -> None:
    first, both = measure(tmp_path / "out", PACKAGED, taxonomy, lambda what, share: None, _corpus(tips, tmp_path))
    written = json.loads((tmp_path / "out" / "second_reader.json").read_text("utf8"))
    assert written == {"first": json.loads(json.dumps(first)), "both": json.loads(json.dumps(both))}
    assert first["headline"].keys() == both["headline"].keys()


@pytest.mark.slow
def test_a_second_reader_is_fitted_to_a_new_first_one_indicators_and_all(
    tips: list[LabelledTip], tmp_path: Path, taxonomy: Taxonomy, normaliser: Normaliser
) -> None:
    shown = [
        replace(tip, indicators=(("cargo_seal_trailer_tamper", "cut the seal"),)) if "cut the seal" in tip.text else tip for tip in tips
    ]
    corpus = _corpus(shown, tmp_path)
    first = train.fit(load_corpus(corpus), taxonomy, normaliser, lambda what, share: None, count=3)
    out = tmp_path / "out"
    out.mkdir()
    blend(out, first, Path(str(PACKAGED)), corpus)
    told = json.loads((out / BLEND).read_text("utf8"))
    assert told["readers"] == [first.weights.id, reader.load(out).id]
    assert told["indicators"].keys() == {"first", "second", "offset", "cutoff"}


def _corpus(tips: list[LabelledTip], home: Path) -> Path:
    corpus = home / "corpus"
    corpus.mkdir()
    for group in {tip.group for tip in tips}:
        rows = [_row(tip) for tip in tips if tip.group == group]
        (corpus / f"{group}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf8")
    return corpus


def _row(tip: LabelledTip) -> dict[str, object]:
    return {
        "id": tip.id, "text": tip.text, "lang": tip.language, "channel": "sms", "sector": "public", "categories": tip.categories,
        "urgency": tip.urgency, "flags": tip.flags,
        "indicators": [{"id": name, "quote": quote} for name, quote in tip.indicators], "entities": [],
    }  # fmt: skip
