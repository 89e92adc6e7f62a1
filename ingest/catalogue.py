"""The words that partners and the public see, one folder of YAML files per language in ``ingest/messages``.

A third language needs no code: a folder with the same files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

MESSAGES = Path(__file__).parent / "messages"
SOURCE_LANGUAGE = "en"
"""The language that the words are written in first; it is complete by definition."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language by dotted key."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The words for ``key`` with ``{names}`` filled in. Raises ``KeyError`` for a key that does not exist."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def first(self, *keys: str) -> str:
        """The words for the first key that exists, the last one being there for certain."""
        return next((self.texts[key] for key in keys[:-1] if key in self.texts), None) or self.texts[keys[-1]]


def load_catalogues(folder: Path = MESSAGES) -> Mapping[str, Catalogue]:
    """Every language's words, by language tag, the source language first. The files of a language share one set of keys."""
    names = sorted((path.name for path in folder.iterdir() if path.is_dir()), key=lambda name: (name != SOURCE_LANGUAGE, name))
    return {
        name: Catalogue(name, {key: text for path in sorted((folder / name).glob("*.yaml")) for key, text in _flat(_read(path))})
        for name in names
    }


def _read(path: Path) -> Mapping[str, object]:
    words: Mapping[str, object] = yaml.load(path.read_text(encoding="utf8"), Loader=yaml.CSafeLoader)
    return words


def _flat(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def choose_language(asked: str, accepted: str, offered: tuple[str, ...]) -> str:
    """The language of a page: what was asked for, else the best of ``Accept-Language``, else the first one offered."""
    if asked in offered:
        return asked
    for wanted in sorted(accepted.split(","), key=_weight, reverse=True):
        tag = wanted.partition(";")[0].strip().lower().partition("-")[0]
        if tag in offered:
            return tag
    return offered[0]


def _weight(item: str) -> float:
    """The ``q`` of one item of ``Accept-Language``; what cannot be read weighs nothing."""
    _, found, weight = item.partition("q=")
    try:
        return float(weight) if found else 1.0
    except ValueError:
        return 0.0
