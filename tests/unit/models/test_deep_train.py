"""Training a second reader: a run that is stopped goes on to the same weights, and never on another corpus.

Runs only where the extra ``deep-train`` is installed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.artifact import ArtifactError
from models.deep.optional import EPOCHS
from tests.unit.models.conftest import small_corpus
from triage.domain.assessment import Urgency
from triage.taxonomy.taxonomy import Taxonomy

torch = pytest.importorskip("torch", reason="torch is not installed (extra deep-train)")

from models.deep import checkpoint, reader, train  # noqa: E402 - they need torch
from models.deep.blend import HELD_OUT  # noqa: E402
from models.deep.checkpoint import Checkpoint  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning", "ignore::UserWarning"),
]
TEXTS = ("she is held in room 3 and he keeps her passport", "the seal of the trailer was cut")


class Stopped(Exception):
    """What ends a run early here."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight writers with five tips each, four of them under the held-out names."""
    folder = tmp_path_factory.mktemp("corpus")
    names = dict(zip((f"w{number}" for number in range(4)), sorted(HELD_OUT), strict=True))
    tips = [replace(tip, group=names.get(tip.group, tip.group), urgency=list(Urgency)[at % 5]) for at, tip in enumerate(small_corpus(8, 1))]
    for tip in tips:
        row = {
            "id": tip.id, "text": tip.text, "lang": "en", "categories": tip.categories, "urgency": tip.urgency, "flags": tip.flags,
            "indicators": [], "entities": [],
        }  # fmt: skip
        with (folder / f"{tip.group}.jsonl").open("a", encoding="utf8") as file:
            file.write(f"{json.dumps(row)}\n")
    return folder


def quiet(what: str, done: float) -> None:
    """Nobody watches."""


def stops_in(epoch: int) -> train.Progress:
    def progress(what: str, done: float) -> None:
        if what.startswith(f"epoch {epoch} "):
            raise Stopped

    return progress


@pytest.fixture(scope="module")
def whole(corpus: Path, taxonomy: Taxonomy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an undisturbed training over two epochs wrote."""
    out = tmp_path_factory.mktemp("whole")
    train.train_second(out, taxonomy, quiet, corpus, epochs=2)
    return out


def test_a_run_that_was_stopped_goes_on_to_the_same_network(whole: Path, corpus: Path, taxonomy: Taxonomy, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        train.train_second(tmp_path, taxonomy, stops_in(2), corpus, epochs=2)
    seen: list[str] = []
    train.train_second(tmp_path, taxonomy, lambda what, done: seen.append(what), corpus, epochs=2)
    assert set(seen) == {"epoch 2 of 2"}
    np.testing.assert_array_equal(reader.load(tmp_path).logits(TEXTS), reader.load(whole).logits(TEXTS))


def test_the_network_names_what_it_learned_from(whole: Path) -> None:
    manifest = json.loads((whole / "second.json").read_text("utf8"))
    assert manifest["epochs"] == 2 != EPOCHS
    assert len(manifest["corpus_sha256"]) == 64


def test_a_run_never_goes_on_with_another_corpus_or_length(whole: Path, corpus: Path, taxonomy: Taxonomy, tmp_path: Path) -> None:
    for file in corpus.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(ArtifactError, match=r"cannot go on, because it has corpus [0-9a-f]{64}, not [0-9a-f]{64}\. Restore"):
        train.train_second(whole, taxonomy, quiet, tmp_path, epochs=2)
    with pytest.raises(ArtifactError, match=r"because it has epochs 2, not 3\. Restore"):
        train.train_second(whole, taxonomy, quiet, corpus, epochs=3)


def test_a_corpus_without_the_held_out_writers_is_refused_before_anything_is_learned(
    corpus: Path, taxonomy: Taxonomy, tmp_path: Path
) -> None:
    (tmp_path / "other.jsonl").write_bytes((corpus / "w5.jsonl").read_bytes())
    with pytest.raises(ValueError, match="the corpus has no tips of t14_twins"):
        train.train_second(tmp_path / "out", taxonomy, quiet, tmp_path)
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_that_was_cut_off_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Checkpoint({"corpus": "a"}, 1, [{"w": torch.ones(2)}], {})
    before.save(tmp_path)

    def cut_off(content: object, file: Path) -> None:
        file.write_bytes(b"half")
        raise Stopped

    monkeypatch.setattr(torch, "save", cut_off)
    with pytest.raises(Stopped):
        replace(before, epochs=2).save(tmp_path)
    left = checkpoint.load(tmp_path, {"corpus": "a"})
    assert left is not None
    assert left.epochs == 1
    checkpoint.remove(tmp_path)
    assert checkpoint.load(tmp_path, {"corpus": "a"}) is None


@pytest.fixture
def misspelt() -> Iterator[str]:
    """Many misspellings of one text, each with other random numbers."""
    return (train.misspell(TEXTS[0], random.Random(seed)) for seed in range(50))


def test_a_misspelt_text_keeps_its_words_and_differs_by_little(misspelt: Iterator[str]) -> None:
    variants = list(misspelt)
    assert any(text != TEXTS[0] for text in variants)
    for text in variants:
        assert all(abs(len(word) - len(right)) <= 1 for word, right in zip(text.split(), TEXTS[0].split(), strict=True))


def test_the_rate_rises_then_falls_to_nothing() -> None:
    rates = [train.rate(step / 100) for step in range(101)]
    assert rates[0] == rates[-1] == 0
    assert max(rates) == pytest.approx(1, abs=0.02)
    assert rates.index(max(rates)) == 8
