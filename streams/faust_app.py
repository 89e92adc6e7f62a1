"""The distributed host of the pipeline: Faust workers that share the topics' partitions and feed the same handlers.

Faust's usual ways lose messages: an exception, a value that cannot be decoded, ``take``, more than one at a time, all commit past what was
not handled. This host holds to the one form that was measured to lose none: raw bytes, ``noack().noack_take``, every event
acknowledged by hand after its batch is done and its dead letters are stored, one batch at a time for each agent, and a supervisor that
ends the process instead of going on. ``noack_take`` alone is not enough: when a batch fails, it turns acknowledging on again for what is
still on its way. A test keeps the other forms out of this code.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal
from typing import Any

import faust
from mode.supervisors import CrashingSupervisor

from streams.handler import Handler
from streams.kafka import Brokers
from streams.ports import Record
from streams.received import PATIENCE_SECONDS, Desk, Received
from streams.topics import DEAD_LETTERS, TOPICS
from streams.worker import Limits, LineStopped
from triage.domain.errors import Unavailable
from triage.ports import Clock

log = logging.getLogger(__name__)

GROUP = "workers"
GATHER_SECONDS = 0.05
"""How long a batch that is not full waits for more."""

HANDLE_SECONDS = 240.0
"""How long one batch may take; below Faust's own limit (300 s). Slower than that it is stuck, and the process ends."""

STORE_SECONDS = 30.0
END_SECONDS = 15.0
"""How long storing a dead letter, and ending, may take. Faust does not end by itself while the brokers are away."""


class FaustHost:
    """Feeds handlers from their topics until ``stop`` is set. One agent for each handler, each with a thread of its own.

    ``open_letters`` is how many dead letters were open at the start: with those that come, too many stop the line until they are replayed.
    """

    def __init__(
        self,
        brokers: Brokers,
        handlers: Sequence[Handler],
        limits: Limits,
        clock: Clock,
        stop: Signal,
        open_letters: int = 0,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._brokers = brokers
        self._limits = limits
        self._stop = stop
        self._letters = open_letters
        self.app = self._make_app()
        self._dead = self._topic([DEAD_LETTERS.name])
        for handler in handlers:
            self._add_agent(Desk(handler, limits, clock, stop.wait, patience_seconds))

    def run(self) -> bool:
        """Work until ``stop``; return whether it ended well. After a failure nothing that was not handled is acknowledged."""
        return asyncio.run(self._run())

    def lag(self) -> dict[tuple[str, ...], float]:
        """By topic and partition of this worker, the records that are not acknowledged yet. Raises ``Unavailable`` before the start."""
        self.check()
        consumer = self.app.consumer
        found: dict[tuple[str, ...], float] = {}
        for place in consumer.assignment():
            end, done = consumer.highwater(place), consumer._committed_offset.get(place)  # there is no public way
            if end is not None:
                found[place.topic.removeprefix(self._brokers.prefix), str(place.partition)] = max(end - (done or 0), 0)
        return found

    def check(self) -> None:
        """Return if the worker is at work, or would be if it were given partitions. Raises ``Unavailable``."""
        if not self.app.started or self.app.should_stop:
            raise Unavailable("the worker is starting or ending")

    async def _run(self) -> bool:
        app = self.app
        await app.start()
        log.info("ready", extra={"service": "worker"})
        while not self._stop.is_set() and not app.should_stop:
            await asyncio.sleep(0.1)
        crashed = app.crashed
        try:
            await asyncio.wait_for(app.stop(), END_SECONDS)
        except TimeoutError:
            log.error("the brokers do not answer; ending without a goodbye")
            os._exit(1)
        if crashed:
            log.error("an agent failed", extra={"error": type(app.crash_reason).__name__})
        return not crashed

    def _make_app(self) -> Any:
        brokers = self._brokers
        return faust.App(
            brokers.prefix + GROUP,
            broker=[f"kafka://{address.strip()}" for address in brokers.bootstrap.split(",")],
            broker_credentials=_credentials(brokers),
            store="memory://",
            datadir=f"{tempfile.gettempdir()}/tipstream-faust",  # it makes the folder in any case, and keeps nothing in it
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            agent_supervisor=CrashingSupervisor,
            broker_commit_interval=0.5,
            broker_session_timeout=10.0,
            broker_heartbeat_interval=2.0,
            producer_acks=-1,
            consumer_auto_offset_reset="earliest",
            stream_wait_empty=True,
        )

    def _topic(self, names: Sequence[str]) -> Any:
        full = [self._brokers.prefix + name for name in names]
        return self.app.topic(*full, key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw", allow_empty=True)

    def _add_agent(self, desk: Desk) -> None:
        names = [topic.name for topic in TOPICS if set(topic.types) & set(desk.handler.types)]
        pool = ThreadPoolExecutor(1, thread_name_prefix=desk.handler.name)

        async def work(stream: Any) -> None:
            async for events in stream.noack().noack_take(self._limits.batch, within=GATHER_SECONDS):
                self._check_letters(desk.handler.name)
                batch = [self._received(event.message) for event in events]
                working = asyncio.get_running_loop().run_in_executor(pool, desk.work_off, batch)
                letters = await asyncio.wait_for(working, HANDLE_SECONDS)
                await self._store(letters)
                for event in events:
                    await stream.ack(event)

        self.app.agent(self._topic(names), name=desk.handler.name, concurrency=1)(work)

    def _check_letters(self, line: str) -> None:
        """Raises ``LineStopped`` if too many dead letters are open: then the fault is ours, not that of a tip."""
        if self._letters >= self._limits.dead_letters:
            raise LineStopped(line, self._letters)

    async def _store(self, letters: Sequence[Record]) -> None:
        """Bring dead letters to their topic and wait until they are there."""
        for letter in letters:
            sent = await asyncio.wait_for(self._dead.send(key=letter.key, value=letter.value, headers=list(letter.headers)), STORE_SECONDS)
            await asyncio.wait_for(sent, STORE_SECONDS)
        self._letters += len(letters)

    def _received(self, message: Any) -> Received:
        headers = message.headers.items() if isinstance(message.headers, dict) else message.headers or ()
        return Received(
            topic=message.topic.removeprefix(self._brokers.prefix),
            partition=message.partition,
            offset=message.offset,
            key=message.key or b"",
            value=message.value,
            headers=tuple((str(name), bytes(value)) for name, value in headers),
        )


def _credentials(brokers: Brokers) -> Any:
    """How Faust signs in; None for neither encryption nor a name."""
    if brokers.security == "PLAINTEXT":
        return None
    context = ssl.create_default_context(cafile=brokers.ca_file) if brokers.ca_file else None
    if not brokers.username:
        return faust.SSLCredentials(context)
    return faust.SASLCredentials(username=brokers.username, password=brokers.password, mechanism="SCRAM-SHA-512", ssl_context=context)
