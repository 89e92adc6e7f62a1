"""The labelled corpus: tips written by hand, with what a careful reader sees in each (``corpus/GUIDE.md``)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from triage.domain.assessment import Urgency


@dataclass(frozen=True, slots=True)
class LabelledTip:
    """One labelled tip.

    ``group`` is what must stay on one side of any split: the file, that is one writer's work, with all its minimal pairs and
    neighbouring twins. ``pair`` names the minimal pair, empty without one. ``indicators`` are (indicator, quote), ``entities``
    (type, quote); a quote is an exact part of the text. ``channel`` and ``sector`` say how and from where it came; no model sees them,
    the evaluation compares by them.
    """

    id: str
    text: str
    language: str
    group: str
    categories: tuple[str, ...]
    urgency: Urgency
    flags: tuple[str, ...]
    indicators: tuple[tuple[str, str], ...]
    entities: tuple[tuple[str, str], ...]
    pair: str = ""
    channel: str = ""
    sector: str = ""


def load_corpus(folder: Traversable | None = None) -> tuple[LabelledTip, ...]:
    """Every tip of the folder's ``*.jsonl`` in order of file and line; the packaged corpus without a folder."""
    return tuple(
        _tip(json.loads(line), file.name) for file in _files(folder) for line in file.read_text("utf8").splitlines() if line.strip()
    )


def corpus_sha256(folder: Traversable | None = None) -> str:
    """A hash of all files' names and bytes, which a trained model records."""
    digest = hashlib.sha256()
    for file in _files(folder):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def folds(tips: Sequence[LabelledTip], count: int) -> Iterator[tuple[list[int], list[int]]]:
    """Split by group into ``count`` folds; yields (positions to learn from, positions held out).

    Groups go, largest first, to the fold that has least, so that folds are of like size; the same tips give the same folds.
    """
    sizes: dict[str, int] = {}
    for tip in tips:
        sizes[tip.group] = sizes.get(tip.group, 0) + 1
    if len(sizes) < count:
        raise ValueError(f"{count} folds need at least {count} groups (files), there are {len(sizes)}")
    loads = [0] * count
    fold_of: dict[str, int] = {}
    for group in sorted(sizes, key=lambda name: (-sizes[name], hashlib.sha256(name.encode()).digest())):
        fold_of[group] = loads.index(min(loads))
        loads[fold_of[group]] += sizes[group]
    for fold in range(count):
        held_out = [at for at, tip in enumerate(tips) if fold_of[tip.group] == fold]
        yield [at for at, tip in enumerate(tips) if fold_of[tip.group] != fold], held_out


def _files(folder: Traversable | None) -> list[Traversable]:
    home = files("models").joinpath("corpus") if folder is None else folder
    found = sorted((file for file in home.iterdir() if file.name.endswith(".jsonl")), key=lambda file: file.name)
    if not found:
        raise FileNotFoundError(f"no *.jsonl in {home}: give the folder that holds the labelled tips")
    return found


def _tip(row: Mapping[str, object], file: str) -> LabelledTip:
    return LabelledTip(
        id=str(row["id"]),
        text=str(row["text"]),
        language=str(row["lang"]),
        group=file.removesuffix(".jsonl"),
        categories=tuple(str(name) for name in _list(row["categories"])),
        urgency=Urgency(str(row["urgency"])),
        flags=tuple(str(name) for name in _list(row["flags"])),
        indicators=tuple((str(mark["id"]), str(mark["quote"])) for mark in _marks(row["indicators"])),
        entities=tuple((str(mark["type"]), str(mark["text"])) for mark in _marks(row["entities"])),
        pair=str(row.get("pair", "")),
        channel=str(row.get("channel", "")),
        sector=str(row.get("sector", "")),
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _marks(value: object) -> list[Mapping[str, object]]:
    return [mark for mark in _list(value) if isinstance(mark, dict)]
