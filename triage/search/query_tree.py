"""Looking over a query tree without recursion, so that no tree, however deep, can exhaust the stack."""

from __future__ import annotations

from collections.abc import Iterator

from triage.domain.query import And, FieldIs, Node, Not, Or, Received

MAX_DEPTH = 64
"""Engines recurse over their own trees and some die of depth (tantivy: somewhere past 100), so deeper trees find nothing."""

MAX_NODES = 2_000
"""Trees of more nodes than this find nothing."""


def walk(node: Node) -> Iterator[tuple[Node, int, bool]]:
    """Every node with its depth (the root's is 1) and whether it stands under an odd number of ``Not``, in the order of reading."""
    waiting: list[tuple[Node, int, bool]] = [(node, 1, False)]
    while waiting:
        current, depth, negated = waiting.pop()
        yield current, depth, negated
        match current:
            case Not(inner):
                waiting.append((inner, depth + 1, not negated))
            case And(nodes) | Or(nodes):
                waiting.extend((child, depth + 1, negated) for child in reversed(nodes))
            case _:
                pass


def fits(node: Node) -> bool:
    """Whether the tree is within ``MAX_DEPTH`` and ``MAX_NODES``; every tree that ``triage.search.query_parser`` makes is."""
    return all(depth <= MAX_DEPTH and count <= MAX_NODES for count, (_, depth, _) in enumerate(walk(node), start=1))


def asked_fields(node: Node) -> tuple[str, ...]:
    """The names of the fields that a query asks by name, sorted, with ``received`` for dates."""
    names = {
        "received" if isinstance(each, Received) else each.field.value for each, _, _ in walk(node) if isinstance(each, FieldIs | Received)
    }
    return tuple(sorted(names))
