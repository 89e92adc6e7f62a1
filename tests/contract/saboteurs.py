"""Runs a suite on adapters that each break one rule, and says which tests noticed."""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import pytest


def caught(pytester: pytest.Pytester, suite: type, saboteurs: Iterable[type], only: Iterable[str] = ()) -> dict[str, set[str]]:
    """The names of the failed tests by saboteur. ``suite`` is a bound suite of a test module that takes its adapter from ``adapter``.

    ``only``: the tests to run, of a suite whose engine makes each of them slow.
    """
    names = [saboteur.__name__ for saboteur in saboteurs]
    module = suite.__module__
    classes = [f"class Test{name}({suite.__name__}):\n    adapter = {name}\n" for name in names]
    lines = [f"from {module} import {suite.__name__}, {', '.join(names)}", *classes]
    pytester.makepyfile("\n\n".join(lines))
    run = pytester.inline_run("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "error", "-q", "-k", " or ".join(only))
    failed: dict[str, set[str]] = {name: set() for name in names}
    for report in run.getreports("pytest_runtest_logreport"):
        if report.failed:
            owner, _, test = report.location[2].rpartition(".")
            failed[owner.removeprefix("Test")].add(test.partition("[")[0])
    del run, report
    _let_go()
    return failed


def _let_go() -> None:
    """Free what failed tests left open, which is meant to be no fault of the next test: pytest keeps the last exception for debuggers."""
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def expected(breaks: Mapping[Any, str]) -> dict[str, set[str]]:
    """What ``caught`` must return: each saboteur fails the test of the rule that it breaks, and no other."""
    return {saboteur.__name__: {test} for saboteur, test in breaks.items()}
