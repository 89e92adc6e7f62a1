"""YAML whose every value knows its line, so that an error can say where it stands and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

import yaml

from triage.domain.errors import PolicyError

E = TypeVar("E", bound=StrEnum)


class Located:
    """A value and where it stands. The reading methods raise ``PolicyError`` where the value is not what they ask for."""

    __slots__ = ("_node", "file")

    def __init__(self, file: str, node: yaml.Node) -> None:
        self.file = file
        self._node = node

    @property
    def line(self) -> int:
        """The line, from 1."""
        return int(self._node.start_mark.line) + 1

    @property
    def is_text(self) -> bool:
        """Whether it is a single value, neither a list nor a mapping."""
        return isinstance(self._node, yaml.ScalarNode)

    def error(self, message: str) -> PolicyError:
        """An error at this place."""
        return PolicyError(self.file, self.line, message)

    def mapping(self, allowed: Collection[str], required: Collection[str] = ()) -> dict[str, Located]:
        """The keys and values; unknown, repeated and missing keys are errors that name the nearest known one."""
        if not isinstance(self._node, yaml.MappingNode):
            raise self.error(f"expected keys and values; write for example `{next(iter(required or allowed))}: ...`")
        found: dict[str, Located] = {}
        for key_node, value_node in self._node.value:
            key = str(key_node.value)
            here = Located(self.file, key_node)
            if key not in allowed:
                raise here.error(f"unknown key {key!r}; {self._suggest(key, allowed)}")
            if key in found:
                raise here.error(f"the key {key!r} stands twice; keep one")
            found[key] = Located(self.file, value_node)
        for key in required:
            if key not in found:
                raise self.error(f"the key {key!r} is missing here; add `{key}: ...`")
        return found

    def pairs(self) -> Iterator[tuple[str, Located]]:
        """The keys and values of a mapping whose keys are names."""
        if not isinstance(self._node, yaml.MappingNode):
            raise self.error("expected names with values, one on each line: `name: value`")
        for key_node, value_node in self._node.value:
            yield str(key_node.value), Located(self.file, value_node)

    def items(self) -> list[Located]:
        """The members of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            raise self.error("expected a list; begin each member with `- `")
        return [Located(self.file, node) for node in self._node.value]

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self._node, yaml.ScalarNode) or not self._node.value.strip():
            raise self.error("expected a text; write a value after the colon, in quotes if it holds `: ` or `#`")
        return str(self._node.value).strip()

    def number(self) -> float:
        """A number."""
        try:
            return float(self.text())
        except ValueError:
            raise self.error(f"expected a number, not {self.text()!r}; write for example `12` or `12.5`") from None

    def flag(self) -> bool:
        """true or false."""
        known = {"true": True, "false": False}
        if self.text().lower() not in known:
            raise self.error(f"expected `true` or `false`, not {self.text()!r}")
        return known[self.text().lower()]

    def choice(self, kind: type[E]) -> E:
        """One of the values of an enumeration."""
        return kind(self.one_of([str(member) for member in kind]))

    def one_of(self, known: Collection[str]) -> str:
        """One of the known names."""
        if self.text() not in known:
            raise self.error(f"{self.text()!r} is not known here; {self._suggest(self.text(), known)}")
        return self.text()

    def names(self, known: Collection[str] | None = None) -> frozenset[str]:
        """A list of names, all of them known; a single name may stand without a list."""
        members = [self] if isinstance(self._node, yaml.ScalarNode) else self.items()
        return frozenset(member.text() if known is None else member.one_of(known) for member in members)

    @staticmethod
    def _suggest(name: str, known: Collection[str]) -> str:
        near = difflib.get_close_matches(name, list(known), n=1)
        return f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(sorted(known))}"


def load_located(file: str, text: str) -> Located:
    """Parse one document. Raises ``PolicyError`` at the line where it is not YAML, or where it is empty."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyError(file, line, f"this is not YAML: {error.problem}. Check indentation, colons and quotes") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PolicyError(file, line, "there is a control character here; delete it") from None
    if node is None:
        raise PolicyError(file, 1, "the file is empty; start from the example policy")
    return Located(file, node)


def load_file(files: Mapping[str, str], name: str) -> Located:
    """One of the files by name; a missing file is a ``PolicyError``."""
    if name not in files:
        raise PolicyError(name, 1, f"the file {name} is missing in the policy folder; copy it from the example policy")
    return load_located(name, files[name])
