"""Replies that a desk has ready: the optional file ``replies.yaml`` of the policy folder.

Every error is a ``PolicyError`` that names the line and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from triage.policy_files.located_yaml import Located, load_located

FILE = "replies.yaml"
REPLY_LIMIT = 2000
"""The most characters of a text."""


@dataclass(frozen=True, slots=True)
class Canned:
    """A text to start from, under its title, by language; the first language stands in for those that are missing."""

    id: str
    title: str
    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        """The text in this language (a BCP 47 tag), or in the first one."""
        return self.texts.get(language.partition("-")[0].lower()) or next(iter(self.texts.values()))


@dataclass(frozen=True, slots=True)
class Replies:
    """The replies, and the sentences that promise when the desk looks at the thread again."""

    canned: tuple[Canned, ...] = ()
    check_back: tuple[Canned, ...] = ()


def load_replies(files: Mapping[str, str]) -> Replies:
    """What the file says; nothing where there is none."""
    if FILE not in files:
        return Replies()
    keys = load_located(FILE, files[FILE]).mapping(("replies", "check_back"), required=("replies",))
    return Replies(_all(keys["replies"]), _all(keys["check_back"]) if "check_back" in keys else ())


def _all(rows: Located) -> tuple[Canned, ...]:
    found: dict[str, Canned] = {}
    for row in rows.items():
        keys = row.mapping(("id", "title", "text"), required=("id", "title", "text"))
        id = keys["id"].text()
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", id):
            raise keys["id"].error("the id of a reply is 2 to 31 lower-case letters, digits and dashes; write for example `ask-where`")
        if id in found:
            raise keys["id"].error(f"two replies have the id {id!r}; give each its own")
        found[id] = Canned(id, keys["title"].text(), _texts(keys["text"]))
    return tuple(found.values())


def _texts(row: Located) -> Mapping[str, str]:
    texts: dict[str, str] = {}
    for language, value in row.pairs():
        if not re.fullmatch(r"[a-z]{2,3}", language):
            raise value.error("name a text by its language: `en: ...`, `es: ...`")
        if language in texts:
            raise value.error(f"the language {language!r} stands twice; keep one")
        texts[language] = value.text()
        if len(texts[language]) > REPLY_LIMIT:
            raise value.error(f"write at most {REPLY_LIMIT} characters")
    if not texts:
        raise row.error("write the text in at least one language: `en: ...`")
    return MappingProxyType(texts)
