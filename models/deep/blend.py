"""Fits how the two readers of categories become one, on writers from whom neither had learned."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
from scipy.special import expit

from models.calibrate import platt
from models.deep.blended import Blend, logit, save
from models.deep.optional import MANIFEST
from models.deep.reader import NETWORK, load
from models.features import Floats
from models.heads import targets
from models.labelled import LabelledTip, load_corpus
from models.level_training import fit_levels, read_facts
from models.levels import inputs
from models.normalise import load_normaliser
from models.train import Trained, all_cutoffs

HELD_OUT = frozenset({"t14_twins", "t15_family", "t17_urgency", "t32_line"})
"""Writers from whom the second reader never learns: one fold of eight of the first 32 files, two files of minimal pairs among them."""


def blend(out: Path, first: Trained, source: Path, corpus: Traversable | None = None) -> None:
    """Fit the second reader in the folder ``source`` to a new first reader on the tips of ``HELD_OUT``, and write both into ``out``.

    Raises ``ArtifactError`` if ``source`` has no second reader that can be used, ``ValueError`` if the corpus has no tips of ``HELD_OUT``.
    """
    second = load(source)
    tips = load_corpus(corpus)
    held_out = [at for at, tip in enumerate(tips) if tip.group in HELD_OUT]
    if not held_out:
        raise ValueError(f"the corpus has no tips of {', '.join(sorted(HELD_OUT))}: the blend is fitted on these files, so keep them")
    normaliser = load_normaliser()
    heads = first.weights.heads
    mine = [tips[at] for at in held_out]
    logits = second.logits([normaliser(tip.text) for tip in mine])[:, [second.heads.index(head) for head in heads]]
    fitted = fit_blend((first.weights.id, second.id), heads, first.held_out[held_out], logits, mine, read_facts(mine))
    save(out, fitted)
    for name in (NETWORK, MANIFEST):
        if source != out:
            (out / name).write_bytes((source / name).read_bytes())


def fit_blend(
    readers: tuple[str, str], heads: tuple[str, ...], first: Floats, second: Floats, tips: Sequence[LabelledTip], facts: Floats
) -> Blend:
    """The blend for the first reader's probabilities and the second's logits of ``tips``, both (tips, heads), and the rules' facts.

    Each reader's logits count in units of their spread, so both have the same say; Platt's curve is fitted on the sum.
    """
    truth = targets(tips, heads)
    logits = logit(first)
    spread = [np.maximum(values.std(axis=0), 1e-3) for values in (logits, second)]
    total = logits / spread[0] + second / spread[1]
    curves = [platt(total[:, at], truth[:, at]) for at in range(len(heads))]
    slope, offset = (np.array(values, np.float32) for values in zip(*curves, strict=True))
    probabilities = np.asarray(expit(total * slope + offset), np.float32)
    of_first, of_second = (np.asarray(slope / width, np.float32) for width in spread)
    levels = fit_levels(inputs(probabilities, facts), [tip.urgency for tip in tips])
    return Blend(readers, heads, of_first, of_second, offset, all_cutoffs(heads, probabilities, truth), levels)
