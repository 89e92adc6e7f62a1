"""The second reader that ships: what it gives does not depend on the batch, and a damaged or foreign one is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from infra.worker_app import in_time
from models import artifact
from models.artifact import ArtifactError
from models.assess import Assessor
from models.classifier import Classifier
from models.deep import blended, reader
from models.deep.blended import BLEND
from models.deep.optional import MANIFEST, load_blended
from models.deep.reader import NETWORK, SecondReader
from models.features import Floats
from models.indicators.judge import Joining
from models.normalise import Normaliser
from models.ports import TipText
from triage.taxonomy.taxonomy import Taxonomy

PACKAGED = files("models").joinpath("artifact")
TEXTS = ("the boss keeps our passports and locks the door", "", "overtime was not paid ? i quit friday", "shots fired in the hallway " * 60)


@pytest.fixture(scope="module")
def second() -> SecondReader:
    return reader.load(PACKAGED)


@pytest.fixture(scope="module")
def first(normaliser: Normaliser, taxonomy: Taxonomy) -> Classifier:
    return Classifier(artifact.load(None, normaliser, tuple(taxonomy.categories)))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in (NETWORK, MANIFEST, BLEND):
        (tmp_path / name).write_bytes(PACKAGED.joinpath(name).read_bytes())
    return tmp_path


def test_a_text_gets_the_same_alone_and_among_others(second: SecondReader) -> None:
    together = second.logits(TEXTS)
    assert together.shape == (len(TEXTS), len(second.heads))
    assert np.isfinite(together).all()
    for at, text in enumerate(TEXTS):
        np.testing.assert_allclose(second.logits([text])[0], together[at], atol=2e-3)


def test_a_long_text_does_not_drown_the_danger_at_its_end(second: SecondReader) -> None:
    danger = "he took the whole bottle of pills and is not waking up now please hurry"
    padded = f"{'the parking lot was repaved last spring and looks fine ' * 30}{danger}"
    p0 = second.heads.index("urgency:P0")
    alone, hidden, harmless = second.logits([danger, padded, "the parking lot was repaved last spring"])[:, p0]
    assert alone > 0 > harmless
    assert hidden > harmless + 0.25 * (alone - harmless)


def test_both_readers_answer_every_head_of_the_first(first: Classifier) -> None:
    both = blended.load(None, first)
    probabilities = both.probabilities(TEXTS)
    assert both.heads == first.heads
    assert probabilities.shape == (len(TEXTS), len(first.heads))
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_a_folder_without_a_second_reader_has_none(tmp_path: Path, first: Classifier) -> None:
    assert load_blended(tmp_path, first) is None


def test_a_changed_network_is_refused(copied: Path) -> None:
    (copied / NETWORK).write_bytes(b"other")
    with pytest.raises(ArtifactError, match="is not the file that"):
        reader.load(copied)


def test_a_second_reader_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("{", "utf8")
    with pytest.raises(ArtifactError, match="no readable second reader"):
        reader.load(tmp_path)


@pytest.mark.parametrize("change", [{"readers": ["other", "other"]}, {"levels": {"facts": []}}])
def test_a_blend_of_other_readers_is_refused(copied: Path, first: Classifier, change: dict[str, object]) -> None:
    (copied / BLEND).write_text(json.dumps(json.loads((copied / BLEND).read_text("utf8")) | change), "utf8")
    with pytest.raises(ArtifactError, match="Fit it anew"):
        blended.load(copied, first)


def test_what_is_saved_is_what_is_loaded(copied: Path, first: Classifier) -> None:
    before = blended.load(copied, first)
    joining = Joining(0.7, 0.25, -0.5, -1.1)
    blended.save(copied, replace(before.blend, joining=joining))
    reader.save(copied, (copied / NETWORK).read_bytes(), *_pieces_and_heads(copied), {"epochs": 9})
    after = blended.load(copied, first)
    assert after.id == before.id
    assert after.joining == joining
    np.testing.assert_allclose(after.probabilities(TEXTS), before.probabilities(TEXTS), atol=1e-6)


def test_a_blend_from_before_the_second_reader_spoke_of_indicators_leaves_them_to_the_judge(copied: Path, first: Classifier) -> None:
    told = json.loads((copied / BLEND).read_text("utf8"))
    told.pop("indicators", None)
    (copied / BLEND).write_text(json.dumps(told), "utf8")
    assert blended.load(copied, first).joining is None


def test_what_the_second_reader_says_of_indicators_is_handed_out(first: Classifier, second: SecondReader, taxonomy: Taxonomy) -> None:
    said = blended.load(None, first).readings(TEXTS)[1]
    logits = second.logits(TEXTS)
    assert said[0].keys() == set(taxonomy.indicators)
    for name in ("debt_bondage", "cargo_gps_jamming"):
        assert [row[name] for row in said] == pytest.approx(logits[:, second.heads.index(f"indicator:{name}")], abs=2e-3)
    assert first.readings(TEXTS[:1])[1] == [{}]


def test_the_second_reader_has_its_say_in_the_indicators_unless_hurried(packaged: Assessor, second: SecondReader) -> None:
    tip = TipText("1", "he keeps her passport and takes all she earns at the motel")
    blend = blended.load(None, packaged.first).blend

    def found(joining: Joining | None, hurried: bool = False) -> list[str]:
        both = packaged.with_second(blended.BlendedClassifier(packaged.first, second, replace(blend, joining=joining)))
        return [finding.indicator for finding in both.assess([tip], hurried=hurried)[0].findings]

    every, none = Joining(0.0, 0.0, 9.0, cutoff=0.0), Joining(0.0, 0.0, -9.0, cutoff=0.0)
    assert set(found(every)) > set(found(None)) > set(found(none)) == set()
    assert found(every, hurried=True) == found(none, hurried=True) == found(None, hurried=True)


def _pieces_and_heads(folder: Path) -> tuple[list[str], list[str]]:
    manifest = json.loads((folder / MANIFEST).read_text("utf8"))
    return manifest["pieces"], manifest["heads"]


class Broken(blended.BlendedClassifier):
    """Fails the way a damaged network would."""

    def readings(self, normalised: Sequence[str]) -> tuple[Floats, Sequence[Mapping[str, float]]]:
        raise FloatingPointError("broken")


def test_a_second_reader_that_fails_leaves_the_reading_to_the_first(packaged: Assessor, second: SecondReader) -> None:
    tip = TipText("1", "he keeps her passport and takes all she earns at the motel")
    broken = packaged.with_second(Broken(packaged.first, second, blended.load(None, packaged.first).blend))
    alone = packaged.assess([tip], hurried=True)[0]
    read = broken.assess([tip])[0]
    assert read.categories == alone.categories
    assert read.model == packaged.first.id
    assert read.degraded == "the second reader failed (FloatingPointError); the first read alone"


def test_a_hurried_reading_leaves_it_out_and_says_so(packaged: Assessor) -> None:
    tip = TipText("1", "he keeps her passport and takes all she earns at the motel")
    assert packaged.assess([tip], hurried=True)[0].model == packaged.first.id
    assert packaged.assess([tip])[0].model == packaged.model != packaged.first.id


def test_a_worker_leaves_it_out_while_tips_queue_up(packaged: Assessor) -> None:
    read = in_time(packaged, 1)
    tips = [TipText(str(at), "he keeps her passport and takes all she earns at the motel") for at in range(2)]
    assert {assessment.model for assessment in read(tips)} == {packaged.first.id}
    assert {assessment.model for assessment in read(tips[:1])} == {packaged.model}
