"""How long a threat to life waits behind a backlog, in its own lane and without one. Run: ``python -m tests.bench.bench_lanes [tips]``."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from threading import Event as Signal
from typing import Any

from infra.app import Core, open_core
from infra.prepare import prepare
from infra.search.tantivy_index import TantivyCaseIndex
from infra.settings import read_settings
from infra.worker_app import FAIR, make_handlers
from ingest.ports import Acceptance
from streams.lanes import FairLine, Lanes
from streams.pipeline import LINES
from streams.worker import Limits, Line
from tests.bench.bench_way import put_tips
from tests.builders import a_tip, received
from triage.domain.audit import AuditRow
from triage.domain.events import EventType

LIMITS = Limits(batch=64)


def waited(core: Core, index: TantivyCaseIndex, backlog: int, type: EventType) -> dict[str, Any]:
    """Work on the backlog until a threat to life, which came when its first batch was done, is decided; what was done before it."""
    put_tips(core, backlog)
    by_name = {handler.name: handler for handler in make_handlers(core, index) if handler.name in LINES.values()}
    lines = [
        (FairLine if name == FAIR else Line)(core.events, core.letters, by_name[name], LIMITS, core.clock, core.ids, Signal())
        for name in LINES.values()
    ]
    lanes = Lanes(lines, LIMITS, Signal())
    lanes.run_once()
    tip = a_tip(10**6, narrative="He has a gun and will not let her leave the room.", received_at=core.clock.now())
    audit = AuditRow(core.ids.new("aud"), core.clock.now(), "public", "tip.received", f"tip:{tip.id}")
    core.intake.accept([Acceptance(tip, None, "f" * 64, audit, replace(received(tip, 10**6), type=type), None)], core.clock.now())
    begun, before = time.perf_counter(), 0
    while not _decided(core, tip.id):
        before += lanes.run_once()
    return {"seconds": round(time.perf_counter() - begun, 2), "decided_before_it": before - 1}


def _decided(core: Core, tip_id: str) -> bool:
    with core.storage.reading() as uow:
        return bool(uow.decisions.get_many([tip_id]))


def main(backlog: int) -> None:
    """Measure both ways, each on a data directory of its own."""
    found = {}
    for name, type in (("in its lane", EventType.TIP_RECEIVED_URGENT), ("without a lane", EventType.TIP_RECEIVED)):
        with tempfile.TemporaryDirectory() as folder:
            settings = read_settings({}, data=Path(folder) / "data", log_level="error")
            prepare(settings)
            with open_core(settings) as core, TantivyCaseIndex(settings.index) as index:
                found[name] = waited(core, index, backlog, type)
    print(json.dumps({"backlog": backlog, **found}))  # noqa: T201 - a command of its own


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
