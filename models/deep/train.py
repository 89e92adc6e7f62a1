"""Trains the second reader on the labelled corpus (extra ``deep-train``).

Recipe: word embeddings frozen and cut to the pieces that tips use; mean and largest value of the last layer go into one linear head for
every category, urgency level ("this urgent or more"), flag and indicator; AdamW with warm-up and linear decay; spelling noise on half of
the texts; the weights of the last epochs averaged. The writers in ``HELD_OUT`` are never learned from: blending and calibration are fitted
on them, so what is shipped is what was measured.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from models.artifact import text_layer
from models.deep import checkpoint
from models.deep.blend import blend, held_out_of
from models.deep.checkpoint import Checkpoint, State
from models.deep.export import to_onnx
from models.deep.network import Network, choose_pieces, new_network, tensors
from models.deep.optional import EPOCHS
from models.deep.reader import save
from models.deep.text import Pieces
from models.heads import INDICATOR, head_names, targets
from models.labelled import LabelledTip, corpus_sha256, load_corpus
from models.normalise import load_normaliser
from models.train import Progress, Trained, stage, train
from triage.taxonomy.taxonomy import Taxonomy

BATCH = 16
PEAK = 1.5e-4
"""Largest learning rate of the transformer; its heads learn ten times as fast."""

AVERAGED = 3
"""The weights of so many last epochs are averaged."""

_WARM_UP = 0.08
_DECAY = 0.01
_NOISY = 0.5
_SHARES = {"category": 1.0, "urgency": 1.0, "flag": 0.5, INDICATOR: 0.5}
"""What an error of a head of each kind costs."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the network learns: normalised texts, the right answers, shape (texts, heads), and what each head asks."""

    texts: Sequence[str]
    answers: npt.NDArray[np.float32]
    heads: tuple[str, ...]


def train_both(
    out: Path, taxonomy: Taxonomy, progress: Progress, corpus: Traversable | None = None, epochs: int = EPOCHS, jobs: int = 1
) -> Trained:
    """Train both readers, fit them to each other and write everything into ``out``.

    A run that was stopped, wherever that was, goes on from its last epoch when it is started again; one that ended begins anew.
    Raises what ``train_second`` raises.
    """
    train_second(out, taxonomy, stage(progress, "second reader, ", 0.0, 0.9), corpus, epochs, jobs)
    first = train(out, taxonomy, stage(progress, "first reader, ", 0.9, 0.08), corpus, jobs)
    progress("fitting both to each other", 0.98)
    blend(out, first, out, corpus)
    checkpoint.remove(out)
    progress("done", 1.0)
    return first


def train_second(
    out: Path, taxonomy: Taxonomy, progress: Progress, corpus: Traversable | None = None, epochs: int = EPOCHS, threads: int = 1
) -> None:
    """Train a second reader over so many ``epochs`` and write it into ``out``; takes a core some ten minutes an epoch.

    Each epoch leaves a checkpoint there, from which a run that was stopped goes on to the very weights that it would have had.
    Raises ``ValueError`` if the corpus has no tips of ``HELD_OUT``, ``ArtifactError`` if the checkpoint is that of another training.
    """
    torch.set_num_threads(threads)
    torch.manual_seed(0)  # the new heads begin at random: the same corpus gives the same network on the same machine
    all_tips = load_corpus(corpus)
    held_out = set(held_out_of(all_tips))
    tips = [tip for at, tip in enumerate(all_tips) if at not in held_out]
    normaliser = load_normaliser()
    heads = all_heads(tuple(taxonomy.categories), tuple(taxonomy.indicators))
    origin = {
        "corpus": corpus_sha256(corpus),
        "text layer": text_layer(normaliser),
        "heads": hashlib.sha256("\n".join(heads).encode()).hexdigest(),
        "epochs": str(epochs),
    }
    out.mkdir(parents=True, exist_ok=True)
    left = checkpoint.load(out, origin)
    lessons = Lessons([normaliser(tip.text) for tip in tips], truth(tips, heads), heads)
    kept = choose_pieces(lessons.texts)
    network = new_network(kept, len(heads))
    network.load_state_dict(average(tune(network, lessons, Pieces(kept), Course(origin, epochs, left), lambda at: at.save(out), progress)))
    provenance = {"corpus_sha256": origin["corpus"], "text_layer": origin["text layer"], "epochs": epochs, "torch": torch.__version__}
    save(out, to_onnx(network), kept, heads, provenance)


def all_heads(categories: Sequence[str], indicators: Sequence[str]) -> tuple[str, ...]:
    """The heads of the first reader, then one for each indicator."""
    return (*head_names(categories), *(f"{INDICATOR}:{name}" for name in indicators))


def truth(tips: Sequence[LabelledTip], heads: Sequence[str]) -> npt.NDArray[np.float32]:
    """The right answers, shape (tips, heads)."""
    first = sum(not head.startswith(f"{INDICATOR}:") for head in heads)
    column = {head: at for at, head in enumerate(heads)}
    found = np.zeros((len(tips), len(heads)), np.float32)
    found[:, :first] = targets(tips, heads[:first])
    for row, tip in enumerate(tips):
        for name, _ in tip.indicators:
            found[row, column[f"{INDICATOR}:{name}"]] = 1
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


@dataclass(frozen=True, slots=True)
class Course:
    """A training of so many ``epochs`` on what ``origin`` names, ``left`` off after some of them or not begun."""

    origin: Mapping[str, str]
    epochs: int
    left: Checkpoint | None = None


def tune(
    network: Network, lessons: Lessons, pieces: Pieces, course: Course, keep: Callable[[Checkpoint], None], progress: Progress
) -> list[State]:
    """Train the network, calling ``keep`` after each epoch; the weights after the last epochs, as many as are averaged.

    The rate falls over all epochs of the course. Raises ``FloatingPointError`` if the loss is no longer a number.
    """
    optimiser = _optimiser(network)
    finished: list[State] = []
    start = 0
    if course.left is not None:
        start, finished = course.left.epochs, list(course.left.finished)
        network.load_state_dict(finished[-1])
        optimiser.load_state_dict(course.left.optimiser)
    for epoch in range(start, course.epochs):
        _learn(network, optimiser, lessons, pieces, epoch, course.epochs, progress)
        finished = [*finished, {name: value.clone() for name, value in network.state_dict().items()}][-AVERAGED:]
        keep(Checkpoint(course.origin, epoch + 1, finished, optimiser.state_dict()))
    return finished


def _optimiser(network: Network) -> torch.optim.Optimizer:
    learning = [
        {"params": [p for p in network.encoder.parameters() if p.requires_grad], "peak": PEAK},
        {"params": list(network.out.parameters()), "peak": 10 * PEAK},
    ]
    return torch.optim.AdamW(learning, lr=PEAK, weight_decay=_DECAY, fused=True)


def _learn(
    network: Network, optimiser: torch.optim.Optimizer, lessons: Lessons, pieces: Pieces, epoch: int, epochs: int, progress: Progress
) -> None:
    """One epoch. What is random depends on its number alone, so that a run that was stopped repeats."""
    rng = random.Random(epoch)
    torch.manual_seed(epoch)
    rows = _first_windows(pieces, [misspell(text, rng) if rng.random() < _NOISY else text for text in lessons.texts])
    cut = batches([len(row) for row in rows], rng)
    shares = torch.tensor([_SHARES[head.partition(":")[0]] for head in lessons.heads])
    wanted = torch.from_numpy(lessons.answers)
    network.train()
    for step, batch in enumerate(cut):
        done = (epoch + step / len(cut)) / epochs
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
        progress(f"epoch {epoch + 1} of {epochs}", done)


def _first_windows(pieces: Pieces, texts: Sequence[str]) -> list[list[int]]:
    windows, owners = pieces.windows(texts)
    first = {owner: at for at, owner in reversed(list(enumerate(owners)))}
    return [windows[first[at]] for at in range(len(texts))]
