"""An agency's own words: files ``words.<language>.yaml`` in its policy folder, with the keys of ``ingest/messages``.

Only what stands in them changes; everything else keeps the product's words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from string import Formatter

from ingest.catalogue import Catalogue
from triage.policy_files.located_yaml import Located, load_located

_FILE = re.compile(r"words\.([a-z]{2,3}(?:-[A-Za-z0-9]+)*)\.yaml")


def with_own_words(catalogues: Mapping[str, Catalogue], files: Mapping[str, str]) -> Mapping[str, Catalogue]:
    """The catalogues with what the policy's files (name -> text) say instead. Raises ``PolicyError`` with file, line and what to mend."""
    changed = dict(catalogues)
    for name, text in sorted(files.items()):
        match = _FILE.fullmatch(name)
        if match:
            root = load_located(name, text)
            if match[1] not in catalogues:
                raise root.error(f"there are no words in {match[1]!r}; name the file for one of {', '.join(sorted(catalogues))}")
            words = catalogues[match[1]]
            changed[match[1]] = Catalogue(words.language, {**words.texts, **dict(_own(root, words.texts))})
    return changed


def _own(root: Located, texts: Mapping[str, str], prefix: str = "") -> Iterator[tuple[str, str]]:
    known = {key[len(prefix) :].partition(".")[0] for key in texts if key.startswith(prefix)}
    for name, value in root.mapping(known).items():
        key = prefix + name
        if key not in texts:
            yield from _own(value, texts, f"{key}.")
            continue
        text = value.text()
        _check_gaps(value, text, texts[key])
        yield key, text


def _check_gaps(value: Located, text: str, original: str) -> None:
    wanted = _gaps(original)
    try:
        found = _gaps(text)
    except ValueError:
        raise value.error("a brace is open or closed alone; write {{ and }} for braces that people shall see") from None
    if found != wanted:
        raise value.error(f"{_said(found) or 'no gap'} stands here, and {_said(wanted) or 'no gap'} is filled in; write {_braces(wanted)}")


def _gaps(text: str) -> Collection[str]:
    """What stands in braces."""
    parts = Formatter().parse(text)
    return {name + (f"!{turn}" if turn else "") + (f":{form}" if form else "") for _, name, form, turn in parts if name is not None}


def _said(names: Collection[str]) -> str:
    return ", ".join(sorted(names))


def _braces(names: Collection[str]) -> str:
    return " and ".join(f"{{{name}}}" for name in sorted(names)) if names else "it without braces"
