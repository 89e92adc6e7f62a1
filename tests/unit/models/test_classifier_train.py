"""Training on a small corpus: learns, repeats, and never measures on what it learned from."""

from __future__ import annotations

import pytest

from models import train
from models.classifier import Classifier, Weights
from models.heads import CATEGORY, columns, head_names, targets
from models.labelled import corpus_sha256, folds, load_corpus
from models.normalise import Normaliser
from tests.unit.models.conftest import TOPICS, small_corpus
from triage.taxonomy.taxonomy import ENTITY_TYPES, FLAGS, Taxonomy


def test_what_was_learned_is_told_apart(small_weights: Weights, normaliser: Normaliser) -> None:
    texts = [normaliser(words.format(n=99)) for words, _ in TOPICS.values()]
    part = columns(small_weights.heads, CATEGORY)
    for topic, row in zip(TOPICS, Classifier(small_weights).probabilities(texts), strict=True):
        assert small_weights.heads[part][int(row[part].argmax())] == f"{CATEGORY}:{topic}"


def test_training_repeats(small_weights: Weights, taxonomy: Taxonomy, normaliser: Normaliser) -> None:
    again = train.fit(small_corpus(), taxonomy, normaliser, lambda what, share: None, count=3)
    assert again.weights.id == small_weights.id


def test_progress_only_grows(taxonomy: Taxonomy, normaliser: Normaliser) -> None:
    seen: list[float] = []
    train.fit(small_corpus(4, 2), taxonomy, normaliser, lambda what, share: seen.append(share), count=2)
    assert seen == sorted(seen)
    assert 0 <= seen[0] <= seen[-1] <= 1


def test_no_writer_is_on_both_sides_and_every_tip_is_held_out_once() -> None:
    tips = small_corpus(7, 2)
    held_out_once: list[int] = []
    for learn, held_out in folds(tips, 3):
        assert not {tips[at].group for at in learn} & {tips[at].group for at in held_out}
        assert sorted(learn + held_out) == list(range(len(tips)))
        held_out_once += held_out
    assert sorted(held_out_once) == list(range(len(tips)))


def test_too_few_writers_is_said() -> None:
    with pytest.raises(ValueError, match="2 folds need at least 2 groups"):
        list(folds(small_corpus(1, 1), 2))


def test_the_corpus_speaks_the_taxonomys_language(taxonomy: Taxonomy) -> None:
    tips = load_corpus()
    assert len(tips) > 10_000
    for tip in tips:
        assert set(tip.categories) <= set(taxonomy.categories), tip.id
        assert set(tip.flags) <= set(FLAGS), tip.id
        assert {name for name, _ in tip.indicators} <= set(taxonomy.indicators), tip.id
        assert {name for name, _ in tip.entities} <= set(ENTITY_TYPES), tip.id
        assert all(quote in tip.text for _, quote in (*tip.indicators, *tip.entities)), tip.id
    assert len(corpus_sha256()) == 64


def test_targets_follow_the_heads(taxonomy: Taxonomy) -> None:
    heads = head_names(tuple(taxonomy.categories))
    tip = next(tip for tip in small_corpus(1, 1) if tip.categories == ("cargo_theft",))
    held = {head for head, answer in zip(heads, targets([tip], heads)[0], strict=True) if answer}
    assert held == {"category:cargo_theft", "urgency:P2", "urgency:P3"}
