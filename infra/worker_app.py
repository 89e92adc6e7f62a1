"""The worker's part of the composition: the reader of texts and the lines of the pipeline."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event as Signal

from infra.app import Core
from infra.health import health_server
from infra.search.open import open_case_index
from infra.settings import Settings
from models.artifact import ArtifactError
from models.assess import Assessor
from models.ports import TipText
from streams.handler import Handler
from streams.lanes import FairLine, Lanes
from streams.measured import MeasuredDecisions, MeasuredHandler, measured_assess
from streams.metrics import LINE_BACKLOG
from streams.pipeline import LINES, Assess, Deliver, Index, ReadAndDecide, documents_of
from streams.worker import Limits, Line
from triage.domain.assessment import Assessment
from triage.domain.document import CaseDocument
from triage.domain.events import RECEIVED, EventType
from triage.ports import CaseIndex
from triage.search.saved import tell

log = logging.getLogger(__name__)

FAIR = LINES[EventType.TIP_RECEIVED_URGENT]
"""The line on which every partner has its turn, so that whoever calls all of its tips urgent holds up itself alone."""


@contextmanager
def open_handlers(core: Core) -> Iterator[tuple[Handler, ...]]:
    """Every line's handler, over an open index: read and decide in three lanes, index, deliver."""
    with open_case_index(core.settings, core.database) as index:
        yield make_handlers(core, index)


def make_handlers(core: Core, index: CaseIndex) -> tuple[Handler, ...]:
    """The same over an index that somebody else opened."""
    assess = one_at_a_time(measured_assess(in_time(load_assessor(core), core.settings.second_reader), core.meter))
    lanes = [ReadAndDecide(core.storage, core.partners, core.policy, assess, core.clock, core.ids, type) for type in RECEIVED]

    def tell_people(documents: Sequence[CaseDocument]) -> None:
        tell(core.storage, core.matcher, core.clock, core.ids, documents)

    return (
        *(MeasuredDecisions(lane, core.meter, core.clock, core.spans) for lane in lanes),
        MeasuredHandler(Index(core.storage, core.partners, index, tell_people), core.meter, core.spans),
        MeasuredHandler(Deliver(core.notifier, core.settings.public_url), core.meter, core.spans),
    )


def in_time(assessor: Assessor, most: int) -> Assess:
    """Reads with everything where at most ``most`` tips wait together, with the fast first reader alone where there are more."""
    return lambda tips: assessor.assess(tips, hurried=len(tips) > most)


def one_at_a_time(assess: Assess) -> Assess:
    """Reads for one lane after the other: the reader is not made for several threads, and each lane may have its own."""
    lock = threading.Lock()

    def read(tips: Sequence[TipText]) -> list[Assessment]:
        with lock:
            return assess(tips)

    return read


def load_assessor(core: Core) -> Assessor:
    """The reader with its trained model; without one that can be loaded, the rules alone, because tips must not wait for a mend."""
    try:
        assessor = Assessor.load(core.settings.model, core.taxonomy, second=core.settings.second_reader > 0)
        log.info("model loaded", extra={"model": assessor.model})
        return assessor
    except ArtifactError as error:
        log.error("no model: tips are read by rules alone until one can be loaded", extra={"reason": str(error)})
        return Assessor.rules_only(core.taxonomy, "no model could be loaded")


def limits_of(settings: Settings) -> Limits:
    """How lines work under these settings."""
    return Limits(settings.batch, settings.tries, settings.dead_letter_limit, settings.poll_ms / 1000)


def run_worker(core: Core, stop: Signal) -> bool:
    """Run every line in a thread of its own until ``stop``, but the lanes of tips in one; return whether all ended well.

    One that fails stops all.
    """
    settings = core.settings
    limits = limits_of(settings)
    gathers = replace(limits, batch=max(500, limits.batch), gather_seconds=settings.index_ms / 1000)
    of_line = {Index.name: gathers, Deliver.name: replace(limits, batch=1)}
    failed = Signal()
    with open_handlers(core) as handlers:
        core.meter.watch(LINE_BACKLOG, lambda: {(handler.name,): backlog_of(core, handler) for handler in handlers})
        log.info("ready", extra={"service": "worker"})
        made = {
            handler.name: (FairLine if handler.name == FAIR else Line)(
                core.events, core.letters, handler, of_line.get(handler.name, limits), core.clock, core.ids, stop
            )
            for handler in handlers
        }
        lanes = [made.pop(name) for name in LINES.values()]
        lines: list[Lanes | Line] = [Lanes(lanes, limits, stop), *made.values()]
        threads = [threading.Thread(target=_guarded, args=(line.run, stop, failed), daemon=True) for line in lines]
        with health_server(settings, "worker", core.meter, core.events.end):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    return not failed.is_set()


def backlog_of(core: Core, handler: Handler) -> int:
    """How many events in the log the handler's line has not passed."""
    return core.events.backlog(handler.name, handler.types)


def _guarded(run: Callable[[], None], stop: Signal, failed: Signal) -> None:
    try:
        run()
    except Exception:  # whatever it is, it is logged and ends the whole worker, which the supervisor starts again
        log.exception("a line failed")
        failed.set()
        stop.set()


def all_documents(core: Core, page: int = 200) -> Iterator[CaseDocument]:
    """Every case's search document, read page by page: for rebuilding the index."""
    after = ""
    while True:
        with core.storage.reading() as uow:
            ids: Sequence[str] = uow.cases.ids(after, page)
            documents: Iterable[CaseDocument] = documents_of(uow, core.partners, ids)
        yield from documents
        if len(ids) < page:
            return
        after = ids[-1]
