"""Every log call of ours has a constant text and allowed fields; what is not allowed would be dropped in silence, or tell of a tip."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.log import ALLOWED, OURS

ROOT = Path(__file__).parents[2]
METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def faults(source: str) -> Iterator[str]:
    """What is wrong with the log calls of a module, as ``line: what``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and _is_log(node.func.value):
            yield from (f"{node.lineno}: {fault}" for fault in _call_faults(node))


def _is_log(value: ast.expr) -> bool:
    return ast.unparse(value) in ("log", "self.log", "self._log", "logger", "logging")


def _call_faults(call: ast.Call) -> Iterator[str]:
    if len(call.args) != 1 or not _constant(call.args[0]):
        yield "the message is not one constant text"
    for keyword in call.keywords:
        if keyword.arg == "extra":
            if not isinstance(keyword.value, ast.Dict):
                yield "the fields do not stand in the call"
                continue
            for key in keyword.value.keys:
                if not isinstance(key, ast.Constant) or key.value not in ALLOWED:
                    yield f"the field {ast.unparse(key) if key else '**'} is not allowed"
        elif keyword.arg != "exc_info":
            yield f"{keyword.arg} is no argument for a log call of ours"


def _constant(message: ast.expr) -> bool:
    """A text, or one of two texts."""
    if isinstance(message, ast.IfExp):
        return _constant(message.body) and _constant(message.orelse)
    return isinstance(message, ast.Constant) and isinstance(message.value, str)


def test_every_log_call_is_constant_and_allowed() -> None:
    modules = [path for package in OURS for path in (ROOT / package).rglob("*.py")]
    assert sum("log." in path.read_text("utf8") for path in modules) > 10
    assert [f"{path.relative_to(ROOT)}:{fault}" for path in modules for fault in faults(path.read_text("utf8"))] == []


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("log.info(f'got {tip.text}')", "the message is not one constant text"),
        ("log.info('got %s', tip.text)", "the message is not one constant text"),
        ("log.info('got ' + tip.text)", "the message is not one constant text"),
        ("log.exception('failed' if bad else text)", "the message is not one constant text"),
        ("log.info('got', extra={'narrative': tip.text})", "the field 'narrative' is not allowed"),
        ("log.info('got', extra={name: tip.text})", "the field name is not allowed"),
        ("log.info('got', extra={**told})", "the field ** is not allowed"),
        ("log.info('got', extra=told)", "the fields do not stand in the call"),
        ("log.info('got', stack_info=True)", "stack_info is no argument for a log call of ours"),
    ],
)
def test_the_check_finds(call: str, fault: str) -> None:
    assert list(faults(call)) == [f"1: {fault}"]


def test_a_sound_call_has_no_fault() -> None:
    assert list(faults("log.warning('a' if leads else 'b', extra={'line': name, 'count': 1}, exc_info=True)")) == []
