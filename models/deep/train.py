"""Trains the second reader on the labelled corpus (extra ``deep-train``).

Recipe: word embeddings frozen and cut to the pieces that tips use; mean and largest value of the last layer go into one linear head for
every category, urgency level ("this urgent or more"), flag and indicator; AdamW with warm-up and linear decay; spelling noise on half of
the texts; the weights of the last epochs averaged. The writers in ``HELD_OUT`` are never learned from: blending and calibration are fitted
on them, so what is shipped is what was measured.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from models.deep.blend import HELD_OUT
from models.deep.export import to_onnx
from models.deep.network import Network, choose_pieces, new_network, tensors
from models.deep.reader import save
from models.deep.text import Pieces
from models.heads import head_names, targets
from models.labelled import LabelledTip, load_corpus
from models.normalise import load_normaliser
from models.train import Progress
from triage.taxonomy.taxonomy import Taxonomy

EPOCHS = 9
BATCH = 16
PEAK = 1.5e-4
"""Largest learning rate of the transformer; its heads learn ten times as fast."""

AVERAGED = 3
"""The weights of so many last epochs are averaged."""

_WARM_UP = 0.08
_DECAY = 0.01
_NOISY = 0.5
_SHARES = {"category": 1.0, "urgency": 1.0, "flag": 0.5, "indicator": 0.5}
"""What an error of a head of each kind costs."""


def train_second(out: Path, taxonomy: Taxonomy, progress: Progress, corpus: Traversable | None = None) -> None:
    """Train a second reader and write it into ``out``.

    Takes a core some ten minutes an epoch. After each epoch ``checkpoint.pt`` is written there; a run that was stopped goes on from it,
    and one that ended removes it, so that the next begins anew.
    """
    out.mkdir(parents=True, exist_ok=True)
    tips = [tip for tip in load_corpus(corpus) if tip.group not in HELD_OUT]
    normaliser = load_normaliser()
    texts = [normaliser(tip.text) for tip in tips]
    heads = all_heads(tuple(taxonomy.categories), tuple(taxonomy.indicators))
    kept = choose_pieces(texts)
    network = new_network(kept, len(heads))
    checkpoint = out / "checkpoint.pt"
    finished: list[dict[str, torch.Tensor]] = []
    start = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        start, finished = state["epochs"], state["finished"]
        network.load_state_dict(finished[-1])

    def after_epoch(epoch: int) -> None:
        finished.append({name: value.clone() for name, value in network.state_dict().items()})
        del finished[:-AVERAGED]
        torch.save({"epochs": epoch + 1, "finished": finished}, checkpoint)

    tune(network, texts, truth(tips, heads), heads, Pieces(kept), range(start, EPOCHS), after_epoch, progress)
    network.load_state_dict(average(finished))
    save(out, to_onnx(network), kept, heads)
    checkpoint.unlink(missing_ok=True)


def all_heads(categories: Sequence[str], indicators: Sequence[str]) -> tuple[str, ...]:
    """The heads of the first reader, then one for each indicator."""
    return (*head_names(categories), *(f"indicator:{name}" for name in indicators))


def truth(tips: Sequence[LabelledTip], heads: Sequence[str]) -> npt.NDArray[np.float32]:
    """The right answers, shape (tips, heads)."""
    first = sum(not head.startswith("indicator:") for head in heads)
    column = {head: at for at, head in enumerate(heads)}
    found = np.zeros((len(tips), len(heads)), np.float32)
    found[:, :first] = targets(tips, heads[:first])
    for row, tip in enumerate(tips):
        for name, _ in tip.indicators:
            found[row, column[f"indicator:{name}"]] = 1
    return found


def average(states: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The mean of the weights of several states of one network."""
    return {name: torch.stack([state[name].float() for state in states]).mean(0).to(value.dtype) for name, value in states[-1].items()}


def misspell(text: str, rng: random.Random) -> str:
    """One word in twelve with a letter dropped, doubled, swapped or replaced by another."""
    words = text.split()
    for at, word in enumerate(words):
        if len(word) > 3 and rng.random() < 1 / 12 and not word.endswith("token"):
            place = rng.randrange(1, len(word) - 1)
            kind = rng.randrange(4)
            if kind == 0:
                words[at] = word[:place] + word[place + 1 :]
            elif kind == 1:
                words[at] = word[:place] + word[place] + word[place:]
            elif kind == 2:
                words[at] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
            else:
                words[at] = word[:place] + rng.choice("abcdefghijklmnopqrstuvwxyz") + word[place + 1 :]
    return " ".join(words)


def batches(lengths: Sequence[int], rng: random.Random) -> list[list[int]]:
    """Batches of texts of like length, in random order."""
    order = sorted(range(len(lengths)), key=lambda at: lengths[at] + rng.uniform(0, 12))
    cut = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    rng.shuffle(cut)
    return cut


def rate(done: float) -> float:
    """The learning rate, as a share of its peak, after the share ``done`` of the training."""
    return done / _WARM_UP if done < _WARM_UP else (1 - done) / (1 - _WARM_UP)


def tune(
    network: Network,
    texts: Sequence[str],
    answers: npt.NDArray[np.float32],
    heads: Sequence[str],
    pieces: Pieces,
    epochs: range,
    after_epoch: Callable[[int], None],
    progress: Progress,
) -> None:
    """Train over ``epochs`` (part of ``range(EPOCHS)``: the rate falls over all of them)."""
    shares = torch.tensor([_SHARES[head.partition(":")[0]] for head in heads])
    learning = [
        {"params": [p for p in network.encoder.parameters() if p.requires_grad], "peak": PEAK},
        {"params": list(network.out.parameters()), "peak": 10 * PEAK},
    ]
    optimiser = torch.optim.AdamW(learning, lr=PEAK, weight_decay=_DECAY, fused=True)
    wanted = torch.from_numpy(answers)
    for epoch in epochs:
        rng = random.Random(epoch)
        torch.manual_seed(epoch)
        heard = [misspell(text, rng) if rng.random() < _NOISY else text for text in texts]
        windows, owners = pieces.windows(heard)
        first = {owner: at for at, owner in reversed(list(enumerate(owners)))}
        rows = [windows[first[at]] for at in range(len(texts))]
        cut = batches([len(row) for row in rows], rng)
        network.train()
        for step, batch in enumerate(cut):
            done = (epoch + step / len(cut)) / EPOCHS
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * rate(done)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = network(*tensors([rows[at] for at in batch]))
            losses = nn.functional.binary_cross_entropy_with_logits(logits.float(), wanted[batch], reduction="none")
            loss = (losses * shares).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            if not math.isfinite(loss.item()):
                raise FloatingPointError(f"the loss is no longer a number in epoch {epoch + 1}, step {step}: lower PEAK")
            progress(f"second reader, epoch {epoch + 1} of {EPOCHS}", done)
        after_epoch(epoch)
