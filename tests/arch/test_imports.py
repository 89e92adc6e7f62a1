"""What each process loads: intake starts fast because it loads nothing that reads text."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("spacy", "sklearn", "scipy", "faust", "numpy", "skops", "alembic", "thinc")


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint('\\n'.join({{name.partition('.')[0] for name in sys.modules}}))"
    return set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())


@pytest.mark.parametrize("module", ["infra.web", "infra.commands.serve", "infra.supervise", "streams.clocks"])
def test_the_web_process_loads_nothing_that_reads_text(module: str) -> None:
    assert not loaded_by(f"import {module}") & set(HEAVY)


def test_the_command_line_loads_no_command_to_show_its_help() -> None:
    assert not loaded_by("from infra.cli import tipstream; tipstream.main(['--help'], standalone_mode=False)") & {
        *HEAVY, "sqlalchemy", "starlette", "uvicorn", "rich", "yaml", "jinja2",
    }  # fmt: skip
