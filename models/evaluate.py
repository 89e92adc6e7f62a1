"""Measures the whole reader by cross-validation: every tip is read by a model that has seen nothing of its writer.

Each fold's model is calibrated and cut on inner folds of its own tips only. The written rules are the same in all folds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from multiprocessing import Manager, get_context
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from models.artifact import ArtifactError
from models.assess import Assessor
from models.classifier import Classifier
from models.evaluation import ratchet
from models.evaluation.page import page
from models.evaluation.readings import Assess, Handwritten, Variants, read_handwritten, read_variants
from models.evaluation.reads import Read
from models.evaluation.report import report, table
from models.indicators.learned import LearnedReader
from models.indicators.train import fit_indicators
from models.labelled import LabelledTip, corpus_sha256, folds, load_corpus
from models.language import LanguageReader
from models.normalise import load_normaliser
from models.pipeline import build_pipeline
from models.ports import TipText
from models.train import Progress, fit, stage
from triage.taxonomy.taxonomy import Taxonomy, load_taxonomy

__all__ = ["CrossRead", "cross_read", "evaluate", "held_against", "table"]

FOLDS = 4
_INNER_FOLDS = 3
_FITTED, _LEARNED = 0.55, 0.85
"""The shares of a fold's time after which the classifier, and the reader of indicators, are trained."""

_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class CrossRead:
    """What the models of all folds read: the corpus, variants of a sample of it, and (the first fold's model) the hand-written sets."""

    reads: list[Read] = field(default_factory=list)
    variants: Variants = field(default_factory=Variants)
    handwritten: list[Handwritten] = field(default_factory=list)


def evaluate(out: Path, taxonomy: Taxonomy, progress: Progress, corpus: Traversable | None = None, jobs: int = 1) -> dict[str, Any]:
    """Cross-validate on the corpus, write what was found into ``out``, and return it.

    ``evaluation.json`` holds all figures, ``evaluation.html`` shows them, and ``ratchet.json`` holds those that later versions are held to
    once it is accepted. Takes some ten minutes and under 2 GB for one of ``jobs``; the same corpus and code give the same figures.
    """
    tips = load_corpus(corpus)
    read = cross_read(tips, stage(progress, "", 0.0, 0.95), jobs=jobs)
    progress("measuring", 0.95)
    result: dict[str, Any] = {
        "corpus_sha256": corpus_sha256(corpus),
        "split": f"{FOLDS} folds by writer, calibrated on {_INNER_FOLDS} inner folds by writer",
        **report(read.reads, read.variants, read.handwritten[0], taxonomy),
    }
    accepted = {ratchet.CROSS_VALIDATED: ratchet.to_accept(result["headline"], result["suites"]), **_packaged(taxonomy, tips)}
    out.mkdir(parents=True, exist_ok=True)
    (out / "evaluation.json").write_text(_json(result), "utf8")
    (out / "evaluation.html").write_text(page(result), "utf8")
    (out / "ratchet.json").write_text(_json(accepted), "utf8")
    progress("done", 1.0)
    return result


def held_against(accepted: Mapping[str, ratchet.Held], result: Mapping[str, Any]) -> list[str]:
    """What an evaluation found to be worse than the accepted figures of ``ratchet.json``, each in words."""
    if ratchet.CROSS_VALIDATED not in accepted:
        return [f"the file has no part {ratchet.CROSS_VALIDATED!r}; take a ratchet.json that an evaluation wrote"]
    found = {name: row["value"] for part in ("headline", "suites") for name, row in result[part].items()}
    return ratchet.worse(accepted[ratchet.CROSS_VALIDATED], found)


def cross_read(tips: Sequence[LabelledTip], progress: Progress, count: int = FOLDS, jobs: int = 1) -> CrossRead:
    """Read every tip, and variants of some, with a model trained without its writer; up to ``jobs`` folds at once, a process each.

    What is read does not depend on ``jobs``.
    """
    result = CrossRead()
    for part in _apart(tips, progress, count, jobs) if jobs > 1 else _in_turn(tips, progress, count):
        result.reads.extend(part.reads)
        result.variants.extend(part.variants)
        result.handwritten.extend(part.handwritten)
    return result


def _in_turn(tips: Sequence[LabelledTip], progress: Progress, count: int) -> list[CrossRead]:
    return [
        _read_fold(tips, number, count, stage(progress, f"fold {number + 1} of {count}: ", number / count, 1 / count))
        for number in range(count)
    ]


def _apart(tips: Sequence[LabelledTip], progress: Progress, count: int, jobs: int) -> list[CrossRead]:
    """Folds in processes of their own, which tell through a queue how far they are."""
    shares = [0.0] * count
    with Manager() as manager, ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        told: Queue[tuple[int, str, float]] = manager.Queue()
        folds_read = [pool.submit(_read_fold_apart, tips, number, count, told) for number in range(count)]
        while not all(fold.done() for fold in folds_read):
            try:
                number, what, shares[number] = told.get(timeout=_POLL_SECONDS)
            except Empty:
                continue
            progress(f"fold {number + 1} of {count}: {what}", sum(shares) / count)
        return [fold.result() for fold in folds_read]


def _read_fold_apart(tips: Sequence[LabelledTip], number: int, count: int, told: Queue[tuple[int, str, float]]) -> CrossRead:
    return _read_fold(tips, number, count, lambda what, share: told.put((number, what, share)))


def _read_fold(tips: Sequence[LabelledTip], number: int, count: int, progress: Progress) -> CrossRead:
    learn, held_out = list(folds(tips, count))[number]
    assessor = fold_reader([tips[at] for at in learn], progress)
    unread = [tips[at] for at in held_out]
    progress("reading", _LEARNED)
    reads = list(zip(unread, assessor.assess([TipText(tip.id, tip.text) for tip in unread]), strict=True))
    progress("reading variants", (_LEARNED + 1) / 2)
    variants = read_variants(_reading(assessor), unread)
    handwritten = [read_handwritten(_reading(assessor))] if number == 0 else []
    progress("read", 1.0)
    return CrossRead(reads, variants, handwritten)


def fold_reader(tips: Sequence[LabelledTip], progress: Progress) -> Assessor:
    """The reader as it would be if only these tips had been there to learn from."""
    taxonomy, normaliser = load_taxonomy(), load_normaliser()
    fitted = fit(tips, taxonomy, normaliser, stage(progress, "", 0.0, _FITTED), _INNER_FOLDS)
    indicators = fit_indicators(tips, taxonomy, normaliser, fitted.categories, stage(progress, "", _FITTED, _LEARNED - _FITTED))
    trained = Classifier(fitted.weights), LearnedReader(indicators, normaliser, taxonomy)
    return Assessor(build_pipeline(), trained, LanguageReader(), taxonomy)


def _packaged(taxonomy: Taxonomy, tips: Sequence[LabelledTip]) -> dict[str, Any]:
    """The packaged model's part of what may be accepted; nothing where it was trained with another text layer and cannot be loaded."""
    try:
        assessor = Assessor.load(None, taxonomy, second=False)
    except ArtifactError:
        return {}
    return {ratchet.PACKAGED: ratchet.shares_to_accept(ratchet.packaged_figures(_reading(assessor), tips))}


def _reading(assessor: Assessor) -> Assess:
    return lambda texts: assessor.assess([TipText("", text) for text in texts])


def _json(values: object) -> str:
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"
