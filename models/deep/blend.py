"""Fits how the two readers become one, on writers from whom neither had learned."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
from scipy.special import expit

from models.calibrate import platt
from models.deep.blended import Blend, save
from models.deep.indicators import IndicatorReadings, fit_joining, indicator_readings
from models.deep.optional import MANIFEST
from models.deep.reader import NETWORK, load
from models.features import Floats
from models.heads import CATEGORY, columns, targets
from models.indicators.learned import LearnedReader
from models.indicators.train import fit_indicators
from models.joint import JointWeights, together
from models.joint_training import RuleReadings, read_rules
from models.labelled import LabelledTip, load_corpus
from models.level_training import fit_levels
from models.levels import inputs
from models.normalise import load_normaliser
from models.odds import log_odds
from models.train import Trained, all_cutoffs
from triage.taxonomy.taxonomy import load_taxonomy

HELD_OUT = frozenset({"t14_twins", "t15_family", "t17_urgency", "t32_line"})
"""Writers from whom the second reader never learns: one fold of eight of the first 32 files, two files of minimal pairs among them."""


def blend(out: Path, first: Trained, source: Path, corpus: Traversable | None = None) -> None:
    """Fit the second reader in the folder ``source`` to a new first reader on the tips of ``HELD_OUT``, and write both into ``out``.

    What the second counts beside the judge of indicators is fitted with one that has learned from all other writers: some two minutes more.
    Raises ``ArtifactError`` if ``source`` has no second reader that can be used, ``ValueError`` if the corpus has no tips of ``HELD_OUT``.
    """
    second = load(source)
    tips = load_corpus(corpus)
    held_out = held_out_of(tips)
    normaliser, taxonomy = load_normaliser(), load_taxonomy()
    heads = first.weights.heads
    mine = [tips[at] for at in held_out]
    texts = [normaliser(tip.text) for tip in mine]
    logits = second.logits(texts)
    readings = first.held_out[held_out], logits[:, [second.heads.index(head) for head in heads]]
    others = [at for at, tip in enumerate(tips) if tip.group not in HELD_OUT]
    weights = fit_indicators([tips[at] for at in others], taxonomy, normaliser, first.categories[others], lambda *_: None)
    indicators = indicator_readings(mine, texts, LearnedReader(weights, normaliser, taxonomy), second.heads, logits, taxonomy)
    rules = read_rules(mine, taxonomy)
    save(out, fit_blend((first.weights.id, second.id), heads, readings, mine, rules, first.weights.joint, indicators))
    for name in (NETWORK, MANIFEST):
        if source != out:
            (out / name).write_bytes((source / name).read_bytes())


def held_out_of(tips: Sequence[LabelledTip]) -> list[int]:
    """Where in ``tips`` those of ``HELD_OUT`` stand. Raises ``ValueError`` if there is none."""
    found = [at for at, tip in enumerate(tips) if tip.group in HELD_OUT]
    if not found:
        raise ValueError(f"the corpus has no tips of {', '.join(sorted(HELD_OUT))}: the blend is fitted on these files, so keep them")
    return found


def fit_blend(
    readers: tuple[str, str],
    heads: tuple[str, ...],
    readings: tuple[Floats, Floats],
    tips: Sequence[LabelledTip],
    rules: RuleReadings,
    joint: JointWeights,
    indicators: IndicatorReadings,
) -> Blend:
    """The blend for the first reader's probabilities and the second's logits of ``tips``, both (tips, heads), and what the rules read.
    ``joint`` is the first reader's; ``indicators`` is what speaks for the indicators in the tips.

    Each reader's logits count in units of their spread, so both have the same say; Platt's curve is fitted on the sum.
    """
    truth = targets(tips, heads)
    first, second = readings
    logits = log_odds(first)
    spread = [np.maximum(values.std(axis=0), 1e-3) for values in (logits, second)]
    total = logits / spread[0] + second / spread[1]
    curves = [platt(total[:, at], truth[:, at]) for at in range(len(heads))]
    slope, offset = (np.array(values, np.float32) for values in zip(*curves, strict=True))
    probabilities = np.asarray(expit(total * slope + offset), np.float32)
    of_first, of_second = (np.asarray(slope / width, np.float32) for width in spread)
    levels = fit_levels(inputs(probabilities, rules.facts), [tip.urgency for tip in tips])
    part = columns(heads, CATEGORY)
    categories = together(joint, probabilities[:, part], rules.evidence)
    cutoffs = all_cutoffs(heads, probabilities, categories, truth)
    return Blend(readers, heads, of_first, of_second, offset, cutoffs, levels, fit_joining(indicators, categories))
