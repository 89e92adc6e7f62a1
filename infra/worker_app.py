"""The worker's part of the composition: the reader of texts and the lines of the pipeline."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from threading import Event as Signal

from infra.app import Core
from infra.health import health_server
from infra.search.open import open_case_index
from infra.settings import Settings
from models.artifact import ArtifactError
from models.assess import Assessor
from streams.handler import Handler
from streams.measured import MeasuredDecisions, MeasuredHandler, measured_assess
from streams.metrics import LINE_BACKLOG
from streams.pipeline import Assess, Deliver, Index, ReadAndDecide, documents_of
from streams.worker import Limits, Line
from triage.domain.document import CaseDocument
from triage.ports import CaseIndex

log = logging.getLogger(__name__)


def make_handlers(core: Core, index: CaseIndex) -> tuple[Handler, Handler, Handler]:
    """Read and decide, index, deliver."""
    assess = measured_assess(in_time(load_assessor(core), core.settings.second_reader), core.meter)
    decide = ReadAndDecide(core.storage, core.partners, core.policy, assess, core.clock, core.ids)
    return (
        MeasuredDecisions(decide, core.meter, core.clock, core.spans),
        MeasuredHandler(Index(core.storage, core.partners, index), core.meter, core.spans),
        MeasuredHandler(Deliver(core.notifier, core.settings.public_url), core.meter, core.spans),
    )


def in_time(assessor: Assessor, most: int) -> Assess:
    """Reads with everything where at most ``most`` tips wait together, with the fast first reader alone where there are more."""
    return lambda tips: assessor.assess(tips, hurried=len(tips) > most)


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
    """Run every line in a thread of its own until ``stop``; return whether all ended well. One that fails stops all."""
    settings = core.settings
    limits = limits_of(settings)
    failed = Signal()
    with open_case_index(settings, core.database) as index:
        decide, to_index, deliver = handlers = make_handlers(core, index)
        core.meter.watch(LINE_BACKLOG, lambda: {(handler.name,): backlog_of(core, handler) for handler in handlers})
        log.info("ready", extra={"service": "worker"})
        lines = [
            Line(core.events, core.letters, decide, limits, core.clock, core.ids, stop),
            Line(
                core.events,
                core.letters,
                to_index,
                replace(limits, batch=max(500, limits.batch), gather_seconds=settings.index_ms / 1000),
                core.clock,
                core.ids,
                stop,
            ),
            Line(core.events, core.letters, deliver, replace(limits, batch=1), core.clock, core.ids, stop),
        ]
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
