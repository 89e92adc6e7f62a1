"""Group commit: one thread writes whatever queued up while the last commit ran, so that many tips share one sync to disk.

Nothing waits for a timer. Alone, a tip is committed at once; under load, groups grow by themselves and each tip costs less.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ingest.ports import Acceptance, IntakeStore, Outcome
from triage.domain.errors import Unavailable
from triage.ports import Clock

Answer = Outcome | Exception


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An acceptance, and who waits for its outcome: a task of an event loop, or a thread (no loop)."""

    acceptance: Acceptance
    future: asyncio.Future[Outcome] | Future[Outcome]
    loop: asyncio.AbstractEventLoop | None


class GroupWriter:
    """Commits acceptances in groups, in the order of arrival, from one thread. Use it as a context manager, or ``close`` it.

    ``capacity`` bounds what may wait and ``group`` what one transaction takes. A full or closed writer raises ``Unavailable``;
    closing finishes what waits.
    """

    def __init__(self, store: IntakeStore, clock: Clock, capacity: int = 4096, group: int = 512) -> None:
        self._store = store
        self._clock = clock
        self._capacity = capacity
        self._group = group
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="group-writer", daemon=True)
        self._thread.start()

    async def write(self, acceptance: Acceptance) -> Outcome:
        """The outcome, once it is durable; the event loop goes on meanwhile."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._put(_Waiting(acceptance, future, loop))
        return await future

    def write_blocking(self, acceptance: Acceptance) -> Outcome:
        """The same for callers in a thread."""
        future: Future[Outcome] = Future()
        self._put(_Waiting(acceptance, future, None))
        return future.result()

    @property
    def ready(self) -> bool:
        """Whether it takes acceptances now."""
        return self._thread.is_alive() and not self._closing and len(self._queue) < self._capacity

    def close(self) -> None:
        """Take nothing more, finish what waits, and stop the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _put(self, waiting: _Waiting) -> None:
        with self._changed:
            if self._closing:
                raise Unavailable("intake is shutting down. Send it again in a few seconds.")
            if len(self._queue) >= self._capacity:
                raise Unavailable("more reports are coming in than can be written. Send it again in a few seconds.")
            self._queue.append(waiting)
            self._changed.notify()

    def _run(self) -> None:
        while group := self._next_group():
            _settle(group, self._answers(group))

    def _next_group(self) -> list[_Waiting]:
        """Wait for work; empty only when closing and all is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            return [self._queue.popleft() for _ in range(min(len(self._queue), self._group))]

    def _answers(self, group: Sequence[_Waiting]) -> list[Answer]:
        try:
            return list(self._store.accept([waiting.acceptance for waiting in group], self._clock.now()))
        except Unavailable as error:
            return [error] * len(group)
        except Exception as error:  # a defect in one acceptance must not fail the others, nor end this thread
            return [error] if len(group) == 1 else [answer for waiting in group for answer in self._answers([waiting])]


def _settle(group: Sequence[_Waiting], answers: Sequence[Answer]) -> None:
    """Give each its answer, waking every event loop once per group and not once per tip."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Outcome], Answer]]] = {}
    for waiting, answer in zip(group, answers, strict=True):
        if waiting.loop is None:
            _set(waiting.future, answer)
        elif isinstance(waiting.future, asyncio.Future):
            by_loop.setdefault(waiting.loop, []).append((waiting.future, answer))
    for loop, settled in by_loop.items():
        if not loop.is_closed():  # nobody waits on a loop that has ended
            loop.call_soon_threadsafe(_set_all, settled)


def _set_all(settled: Sequence[tuple[asyncio.Future[Outcome], Answer]]) -> None:
    for future, answer in settled:
        _set(future, answer)


def _set(future: asyncio.Future[Outcome] | Future[Outcome], answer: Answer) -> None:
    if future.done():  # the client went away and its task was cancelled; the tip is stored all the same
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
