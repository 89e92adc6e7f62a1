"""Measures the whole reader by cross-validation: every tip is read by a model that has seen nothing of its writer.

Each fold's model is calibrated and cut on inner folds of its own tips only. The written rules are the same in all folds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from models.assess import Assessor
from models.classifier import Classifier
from models.indicators.learned import LearnedReader
from models.indicators.train import fit_indicators
from models.labelled import LabelledTip, corpus_sha256, folds, load_corpus
from models.language import LanguageReader
from models.metrics import Read, report
from models.normalise import load_normaliser
from models.pipeline import build_pipeline
from models.ports import TipText
from models.train import Progress, fit, stage
from triage.taxonomy.taxonomy import FLAGS, Taxonomy

FOLDS = 4
_INNER_FOLDS = 3


def evaluate(out: Path, taxonomy: Taxonomy, progress: Progress, corpus: Traversable | None = None) -> dict[str, Any]:
    """Cross-validate on the corpus, write ``evaluation.json`` into ``out``, and return what it holds."""
    reads = cross_read(load_corpus(corpus), taxonomy, progress)
    result: dict[str, Any] = {
        "corpus_sha256": corpus_sha256(corpus),
        "split": f"{FOLDS} folds by writer, calibrated on {_INNER_FOLDS} inner folds by writer",
        **report(reads, tuple(taxonomy.categories), FLAGS),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "evaluation.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf8")
    progress("done", 1.0)
    return result


def cross_read(tips: Sequence[LabelledTip], taxonomy: Taxonomy, progress: Progress, count: int = FOLDS) -> list[Read]:
    """Read every tip with a model trained without its writer."""
    normaliser = load_normaliser()
    nlp, language = build_pipeline(), LanguageReader()
    reads: list[Read] = []
    for number, (learn, held_out) in enumerate(folds(tips, count)):
        weights, _ = fit(
            [tips[at] for at in learn],
            tuple(taxonomy.categories),
            normaliser,
            stage(progress, f"fold {number + 1} of {count}: ", number / count, 0.6 / count),
            _INNER_FOLDS,
        )
        indicators, _ = fit_indicators(
            [tips[at] for at in learn],
            taxonomy,
            normaliser,
            stage(progress, f"fold {number + 1} of {count}: ", (number + 0.6) / count, 0.4 / count),
        )
        assessor = Assessor(nlp, (Classifier(weights, normaliser), LearnedReader(indicators)), language, taxonomy)
        unread = [tips[at] for at in held_out]
        reads.extend(zip(unread, assessor.assess([TipText(tip.id, tip.text) for tip in unread]), strict=True))
    return reads


def table(result: Mapping[str, Any]) -> str:
    """The short table that people read first."""
    macro, urgency, trafficking = result["macro"], result["urgency"], result["trafficking"]
    lines = [
        f"{result['tips']} tips, {result['split']}",
        f"categories   macro-AP {macro['ap']:.3f}   macro-F1 {macro['f1']:.3f}   labels exact {macro['labels_exact']:.3f}"
        f"   ECE {macro['ece']:.3f}",
        f"trafficking  precision {trafficking['precision']:.3f}   recall {trafficking['recall']:.3f}   boundary called trafficking"
        f" {trafficking['boundary_called_trafficking']:.3f}   likely among true {trafficking['likely_among_true']:.3f}",
        f"urgency      exact {urgency['exact']:.3f}   P0 recall {urgency['p0_recall']:.3f}   P0 precision {urgency['p0_precision']:.3f}"
        f"   P0 on P3/P4 {urgency['p0_false_on_p3_p4']:.3f}",
        f"pairs        in order {result['pairs_in_order']:.3f}",
        f"flags        F1 {result['flags_micro']['f1']:.3f}",
        f"indicators   F1 by tip {result['indicators_by_tip']['f1']:.3f}   by span {result['indicators_by_span']['f1']:.3f}",
    ]
    lines += [
        f"{name:12} macro-AP {part['ap']:.3f}   macro-F1 {part['f1']:.3f}   urgency exact {part['urgency_exact']:.3f}"
        f"   ({part['tips']} tips)"
        for name, part in result["by_language"].items()
    ]
    lines += ["", f"{'category':32} {'n':>5} {'AP':>6} {'P':>6} {'R':>6} {'F1':>6}"]
    lines += [
        f"{name:32} {row['n']:5} {row['ap']:6.3f} {row['precision']:6.3f} {row['recall']:6.3f} {row['f1']:6.3f}"
        for name, row in result["categories"].items()
    ]
    lines += ["", f"{'entity':32} {'n':>5} {'P':>6} {'R':>6}"]
    lines += [f"{name:32} {row['n']:5} {row['precision']:6.3f} {row['recall']:6.3f}" for name, row in result["entities"].items()]
    return "\n".join(lines) + "\n"
