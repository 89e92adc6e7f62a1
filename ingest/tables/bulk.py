"""Importing a file of a partner: every row becomes a tip, or is told why not. The same row again changes nothing.

Rows go to the group writer many at a time, so that they share commits with each other and with whoever else reports. A row is
recognised by its key column, or by all its cells, under a secret of the server that depends on the partner.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

import msgspec

from ingest.domain.field_map import FieldMap, ImportRun, ImportState
from ingest.domain.partner import Partner
from ingest.ports import PartnerStorage, Sealer
from ingest.ports.tables import Row, Table
from ingest.receive import Once, Receipt, Receiver, Sender
from ingest.registry.agreement import outside_agreement
from ingest.schema import from_value
from ingest.submission import Submission
from ingest.tables.mapping import column_of, to_value
from triage.domain.audit import AuditRow
from triage.domain.errors import Conflict, FieldError, InvalidInput, NotAllowed, Unavailable
from triage.domain.tip import Channel
from triage.ports import Clock, Ids

ROWS_AN_IMPORT = 200_000
"""Rows of one file, unless the partner's quotas say another number."""

TOGETHER = 256
"""Rows that are handed to the writer at a time."""

KEEP_KEYS = timedelta(days=3_653)
"""How long a row is known again: ten years."""

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds to wait for a store that others keep busy, before an import stops."""

REFUSED_KEPT = 1_000
"""Refused rows that a run names; the others are counted."""

PREVIEWED = 20

_CHANGED = "This row was imported before with other content, or with another mapping. What was taken then stays; nothing was changed."

_USED_UP = "Today's quota is used up. This row and those after it were not taken; import the file again tomorrow."

Said = tuple[int, str, str, str]
"""A refused row: its number, the column, a code, what to do."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """A row as it would be taken: the submission, or what is wrong with it."""

    number: int
    submission: Submission | None
    errors: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    number: int
    submission: Submission
    key: str


def read_row(row: Row, partner: Partner, field_map: FieldMap | None) -> Submission:
    """The submission that a row says. Raises ``InvalidInput`` with everything to mend; its paths are columns."""
    if row.error:
        raise InvalidInput([row.error])
    errors: list[FieldError] = []
    if field_map is None:
        value = {**row.value, "channel": Channel.BULK.value} if isinstance(row.value, dict) else row.value
    else:
        value, errors = to_value(row, field_map)
    try:
        submission = from_value(value)
    except InvalidInput as error:
        own = {e.path for e in errors}
        errors += [_in_cells(e, field_map) for e in error.errors if e.path not in own]
    else:
        errors += outside_agreement(partner, submission)
    if errors:
        raise InvalidInput([FieldError(column_of(e.path, field_map), e.code, e.message) for e in errors])
    return submission


def preview(table: Table, partner: Partner, field_map: FieldMap | None, count: int = PREVIEWED) -> list[Previewed]:
    """The first rows as they would be taken. Nothing is stored."""
    found = []
    for row in islice(table.rows, count):
        try:
            found.append(Previewed(row.number, read_row(row, partner, field_map)))
        except InvalidInput as error:
            found.append(Previewed(row.number, None, tuple(_said(row, error))))
    return found


class Importer:
    """Imports tables. Use it from a thread without an event loop."""

    def __init__(
        self,
        storage: PartnerStorage,
        receiver: Receiver,
        sealer: Sealer,
        clock: Clock,
        ids: Ids,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``pause`` waits so many seconds."""
        self._pause = pause
        self._storage = storage
        self._receiver = receiver
        self._sealer = sealer
        self._clock = clock
        self._ids = ids

    def run(
        self,
        run: ImportRun,
        table: Table,
        partner: Partner,
        progress: Callable[[ImportRun], None] = lambda _: None,
        refused: Callable[[Sequence[Said]], None] = lambda _: None,
    ) -> ImportRun:
        """Import the whole table, with the field map of the run; the run is kept as it goes, and given back as it ended.

        ``progress`` hears of the run after each handful, ``refused`` of every refused row, also of those that the run does not keep.
        Raises ``NotAllowed`` for a partner that may not report. What is out of reach stops the run; it can be run again from the start.
        """
        if not partner.may_report(self._clock.now().date()):
            raise NotAllowed(f"the partner {partner.slug!r} may not report now: it is not active, or its agreement is over.")
        began = replace(run, state=ImportState.RUNNING, rows=0, accepted=0, repeated=0, refused_rows=0, refused=(), done_at=None)
        self._keep(began, "import.begun", run.by)
        return asyncio.run(self._run(began, table, partner, progress, refused))

    async def _run(
        self,
        run: ImportRun,
        table: Table,
        partner: Partner,
        progress: Callable[[ImportRun], None],
        refused: Callable[[Sequence[Said]], None],
    ) -> ImportRun:
        limit = partner.quotas.rows_an_import or ROWS_AN_IMPORT
        caller = self._sealer.receipt_hash(f"import:{partner.slug}")
        sender = Sender(partner.slug, f"partner:{partner.slug}")
        rows = _up_to(table.rows, limit)
        state = ImportState.DONE
        left = self._left_today(partner)
        while state is ImportState.DONE and (some := list(islice(rows, max(1, min(TOGETHER, left - run.accepted))))):
            if run.accepted >= left:
                some, rows = [Row(some[0].number, error=FieldError("", "quota_used", _USED_UP))], iter(())
            said: list[Said] = []
            read: list[_Read] = []
            for row in some:
                try:
                    read.append(_Read(row.number, read_row(row, partner, run.field_map), _key(row, run.field_map)))
                except InvalidInput as error:
                    said += _said(row, error)
            answers = await self._send(read, sender, caller)
            accepted = repeated = lost = 0
            for one, answer in zip(read, answers, strict=True):
                match answer:
                    case Receipt(repeated=again):
                        repeated, accepted = repeated + again, accepted + (not again)
                    case Conflict():
                        said.append((one.number, run.field_map.key if run.field_map else "", "changed", _CHANGED))
                    case Unavailable():
                        lost, state = lost + 1, ImportState.STOPPED
                    case BaseException():
                        raise answer
            said.sort(key=lambda each: each[0])
            run = replace(
                run,
                rows=run.rows + len(some) - lost,
                accepted=run.accepted + accepted,
                repeated=run.repeated + repeated,
                refused_rows=run.refused_rows + len({number for number, *_ in said}),
                refused=(*run.refused, *said[: max(0, REFUSED_KEPT - len(run.refused))]),
                seen_at=self._clock.now(),
            )
            await asyncio.to_thread(self._keep, run)
            refused(said)
            progress(run)
        ended = replace(run, state=state, done_at=self._clock.now() if state is ImportState.DONE else None)
        self._keep(ended, "import.done" if state is ImportState.DONE else "import.stopped", run.by)
        return ended

    async def _send(self, read: Sequence[_Read], sender: Sender, caller: str) -> list[Receipt | BaseException]:
        """The answer to each row. A busy store is asked again for a while, each time after a longer pause: nothing is taken twice."""
        answers: dict[int, Receipt | BaseException] = {}
        todo = list(range(len(read)))
        for pause in (*PAUSES, None):
            sent = [self._receiver.receive(read[n].submission, sender, Once(caller, read[n].key, KEEP_KEYS)) for n in todo]
            answers |= zip(todo, await asyncio.gather(*sent, return_exceptions=True), strict=True)
            todo = [n for n in todo if isinstance(answers[n], Unavailable)]
            if not todo or pause is None:
                break
            await self._pause(pause)
        return [answers[n] for n in range(len(read))]

    def _left_today(self, partner: Partner) -> int:
        """How many tips the partner may still send today (UTC), where its agreement names a number."""
        if not partner.quotas.tips_a_day:
            return sys.maxsize
        midnight = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        with self._storage.reading() as work:
            return max(0, partner.quotas.tips_a_day - work.own.count(partner.slug, midnight))

    def _keep(self, run: ImportRun, action: str = "", actor: str = "") -> None:
        """Keep the run; what begins or ends it is audited in the same transaction, with counts only."""
        counts = {"rows": run.rows, "accepted": run.accepted, "repeated": run.repeated, "refused": run.refused_rows}
        detail = {"partner": run.partner, "kind": run.kind.value, **{name: str(count) for name, count in counts.items()}}
        with self._storage.writing() as work:
            work.imports.put_run(replace(run, seen_at=run.seen_at or self._clock.now()))
            if action:
                work.audit.append([AuditRow(self._ids.new("aud"), self._clock.now(), actor, action, f"import:{run.id}", detail=detail)])


def _key(row: Row, field_map: FieldMap | None) -> str:
    """What tells the row from others: its key column, else all that stands in it."""
    if field_map and (own := row.cells.get(field_map.key, "")):
        return f"key:{own}"
    content = row.value if field_map is None else dict(row.cells)
    return "row:" + hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def _up_to(rows: Iterable[Row], limit: int) -> Iterator[Row]:
    """The rows, and one that says so where there are more than the limit."""
    for count, row in enumerate(rows):
        if count == limit:
            message = f"A file may have {limit:,} rows. This row and those after it were not read; send them as another file."
            yield Row(row.number, error=FieldError("", "too_many_rows", message))
            return
        yield row


def _in_cells(error: FieldError, field_map: FieldMap | None) -> FieldError:
    """The error in words for somebody who looks at cells and not at JSON."""
    if field_map is None:
        return error
    if error.code in ("required", "empty", "no_words"):
        return FieldError(error.path, error.code, "Nothing says what was seen or heard. A few words are enough.")
    return error


def _said(row: Row, error: InvalidInput) -> list[Said]:
    return [(row.number, e.path[:100], e.code, e.message) for e in error.errors]
