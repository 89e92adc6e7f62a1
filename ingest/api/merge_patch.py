"""JSON merge patch (RFC 7396): how a report that is not finished is changed, bit by bit."""

from __future__ import annotations

from typing import Any


def merged(target: object, patch: object) -> Any:
    """The target with the patch laid over it: null removes a field, an object goes into an object, anything else replaces.

    Neither argument is changed. Raises ``RecursionError`` for a patch that is nested without end.
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
