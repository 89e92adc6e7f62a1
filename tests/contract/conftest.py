"""Suites are plain modules, and their assertions should explain themselves as those of tests do."""

from pathlib import Path

import pytest

pytest.register_assert_rewrite(*(f"tests.contract.{path.stem}" for path in Path(__file__).parent.glob("*_suite.py")))
