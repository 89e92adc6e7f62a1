"""The worker as it is put together: it reads with the trained model, and goes on by rules where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.app import Core, open_core
from infra.prepare import prepare
from infra.settings import read_settings
from infra.worker_app import load_assessor
from models.ports import TipText

TIP = "Boss keeps our passports in his safe, gate is padlocked at night. Help us please, we are at the dairy in Ravenna."


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    settings = read_settings({}, data=tmp_path / "data")
    prepare(settings)
    with open_core(settings) as opened:
        yield opened


def test_the_packaged_model_reads(core: Core) -> None:
    (found,) = load_assessor(core).assess([TipText("1", TIP)])
    assert found.degraded == ""
    assert "labor_trafficking" in found.labels


def test_a_model_that_cannot_be_loaded_does_not_stop_the_line(core: Core, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    broken = replace(core, settings=replace(core.settings, model_dir=str(tmp_path / "model")))
    (found,) = load_assessor(broken).assess([TipText("1", TIP)])
    assert found.model == "rules-only"
    assert found.degraded.startswith("no model could be loaded")
    assert found.urgency.rank <= 2
