"""A model on disk is read back as it was, or refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models import artifact
from models.artifact import ArtifactError
from models.classifier import Classifier, Weights
from models.masking import Masker
from models.normalise import Normaliser
from triage.taxonomy.taxonomy import Taxonomy

MEGABYTE = 1_000_000


def test_a_saved_model_scores_as_before(saved: Path, small_weights: Weights, normaliser: Normaliser, taxonomy: Taxonomy) -> None:
    read = artifact.load(saved, normaliser, tuple(taxonomy.categories))
    texts = ["a man keeps her money", "seal cut", ""]
    before, after = (Classifier(weights).probabilities(texts) for weights in (small_weights, read))
    np.testing.assert_allclose(after, before, atol=1e-6)
    assert read.id == small_weights.id
    assert read.cutoffs == small_weights.cutoffs


def test_changed_weights_are_refused(saved: Path, normaliser: Normaliser, taxonomy: Taxonomy) -> None:
    content = bytearray((saved / "weights.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (saved / "weights.npz").write_bytes(bytes(content))
    with pytest.raises(ArtifactError, match="not the file that its manifest names"):
        artifact.load(saved, normaliser, tuple(taxonomy.categories))


def test_another_taxonomy_is_refused(saved: Path, normaliser: Normaliser) -> None:
    with pytest.raises(ArtifactError, match="other categories, flags or facts"):
        artifact.load(saved, normaliser, ("sex_trafficking",))


def test_another_text_layer_is_refused(saved: Path, taxonomy: Taxonomy) -> None:
    masker = Masker({"beside_person": [], "person_nouns": [], "not_a_misspelling": []}, {})
    with pytest.raises(ArtifactError, match="another masking or normalising"):
        artifact.load(saved, Normaliser(masker, {}, {}), tuple(taxonomy.categories))


@pytest.mark.parametrize("content", [None, "{", '{"format": 0}', "[]"])
def test_a_missing_or_strange_manifest_is_refused(content: str | None, tmp_path: Path, normaliser: Normaliser, taxonomy: Taxonomy) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
        (tmp_path / "weights.npz").write_bytes(b"")
    with pytest.raises(ArtifactError, match="tipstream train"):
        artifact.load(tmp_path, normaliser, tuple(taxonomy.categories))


def test_weights_are_rounded_finely() -> None:
    weights = np.random.RandomState(0).normal(size=(1000, 3)).astype(np.float32) * [0.01, 1, 100]
    read = artifact.expand(*artifact.compress(weights.astype(np.float32)))
    assert np.abs(read - weights).max(axis=0) == pytest.approx(0, abs=2)
    assert all(np.corrcoef(read[:, head], weights[:, head])[0, 1] > 0.9999 for head in range(3))
    np.testing.assert_array_equal(artifact.expand(*artifact.compress(read)), read)


def test_the_packaged_model_is_small_and_was_trained_on_the_packaged_corpus() -> None:
    home = Path(artifact.__file__).parent / "artifact"
    second = sum((home / name).stat().st_size for name in ("second.onnx", "second.json", "blend.json"))
    assert second < 35 * MEGABYTE
    assert sum(file.stat().st_size for file in home.iterdir()) - second < 15 * MEGABYTE
    manifest = json.loads((home / "manifest.json").read_text())
    from models.labelled import corpus_sha256

    assert manifest["corpus_sha256"] == corpus_sha256()
