"""Many tips in one request, each standing for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ingest.api.advice import advice_on
from ingest.api.answers import BatchAnswer, BatchItem
from ingest.api.day_quota import DayQuota
from ingest.api.endpoint import JSON, NDJSON
from ingest.api.problems import Refused
from ingest.catalogue import Catalogue
from ingest.receive import Once
from ingest.registry.agreement import outside_agreement
from ingest.schema import BODY_LIMIT, decode, from_value
from ingest.submission import Submission
from ingest.web import problem
from ingest.web.body import read_body
from ingest.web.deps import IntakeDeps
from ingest.web.partner_api.door import Call, check_media, good, quota_used, use_quota
from ingest.web.partner_api.tips import once_of, only_checks
from triage.domain.errors import Conflict, FieldError, InvalidInput, TipstreamError

MOST_TIPS = 500
BYTES = 4 * 1024 * 1024
"""Of one batch."""

KEY_FIELD = "idempotency_key"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A tip of the batch that can be stored."""

    submission: Submission
    once: Once | None


class Batch:
    """``POST /tips/batch``."""

    def __init__(self, deps: IntakeDeps, quota: DayQuota, catalogues: Mapping[str, Catalogue]) -> None:
        self._deps = deps
        self._quota = quota
        self._catalogues = catalogues

    async def send(self, call: Call) -> Response:
        """Answers 200 with what became of each tip: 207 would promise the XML of WebDAV, and no other status covers both at once."""
        type_ = check_media(call.request, (JSON, NDJSON))
        once_of(call)  # a key that cannot be one is refused before anything is read
        dry = only_checks(call.request)
        body = await read_body(call.request, BYTES)
        read = await run_in_threadpool(self._read, call, _lines(body) if type_ == NDJSON else _array(body))
        if len(read) > 1:
            self._deps.limits.api.spend(call.caller.key.id, len(read) - 1)  # the first was counted at the door
        items = self._checked(call, read) if dry else await self._stored(call, read)
        accepted = sum(item.problem is None for item in items)
        return good(BatchAnswer(accepted, len(items) - accepted, items))

    def _read(self, call: Call, found: list[object]) -> list[_Wanted | TipstreamError]:
        if len(found) > MOST_TIPS:
            raise InvalidInput([FieldError("", "too_many", f"Send at most {MOST_TIPS} tips in one batch.")])
        return [self._read_one(call, place, value) for place, value in enumerate(found)]

    def _read_one(self, call: Call, place: int, value: object) -> _Wanted | TipstreamError:
        if isinstance(value, TipstreamError):
            return value
        try:
            once = once_of(call, _key(call, place, value))
            submission = from_value({name: part for name, part in value.items() if name != KEY_FIELD} if isinstance(value, dict) else value)
            errors = outside_agreement(call.caller.partner, submission)
        except InvalidInput as error:
            return error
        if len(submission.canonical()) > BODY_LIMIT:
            return Refused("too_large", f"one tip holds at most {BODY_LIMIT // 1024} kB.")
        return InvalidInput(errors) if errors else _Wanted(submission, once)

    def _checked(self, call: Call, read: list[_Wanted | TipstreamError]) -> list[BatchItem]:
        partner, words = call.caller.partner, self._catalogues
        return [
            BatchItem(place, 200, advice=advice_on(one.submission, partner, words)) if isinstance(one, _Wanted) else _refused(place, one)
            for place, one in enumerate(read)
        ]

    async def _stored(self, call: Call, read: list[_Wanted | TipstreamError]) -> list[BatchItem]:
        """All at once, so that the writer takes them in few commits."""
        wanted = sum(isinstance(one, _Wanted) for one in read)
        granted = await use_quota(self._quota, call, wanted) if wanted else 0
        tasks = []
        for place, one in enumerate(read):
            if isinstance(one, _Wanted) and granted == 0:
                one = quota_used(self._quota, call, self._deps.clock.now())
            elif isinstance(one, _Wanted):
                granted -= 1
            tasks.append(self._store(call, place, one))
        return list(await asyncio.gather(*tasks))

    async def _store(self, call: Call, place: int, one: _Wanted | TipstreamError) -> BatchItem:
        if not isinstance(one, _Wanted):
            return _refused(place, one)
        try:
            receipt = await self._deps.receiver.receive(one.submission, call.sender, one.once)
        except Conflict as error:
            return _refused(place, Refused("key_reused", str(error)))
        except Exception as error:  # what fails for one must not hide what became of the others
            return _refused(place, error)
        return BatchItem(place, 201, receipt.id, receipt.code, receipt.repeated)


def _refused(place: int, error: Exception) -> BatchItem:
    document, _ = problem.document_of(error)
    return BatchItem(place, document.status, problem=document)


def _key(call: Call, place: int, value: object) -> str | None:
    """The idempotency key of a tip: its own, else the header's with its place."""
    own: Any = value.get(KEY_FIELD) if isinstance(value, dict) else None
    if own is not None:
        if not isinstance(own, str):
            raise InvalidInput([FieldError(KEY_FIELD, "wrong_type", "Write text in double quotes.")])
        return own
    header = call.request.headers.get("idempotency-key")
    return None if header is None else f"{header}:{place}"


def _array(body: bytes) -> list[object]:
    value = decode(body)
    if not isinstance(value, list):
        raise InvalidInput([FieldError("", "wrong_type", "Write a list in square brackets, or send one object a line as NDJSON.")])
    return value


def _lines(body: bytes) -> list[object]:
    """One value a line; blank lines are passed over. A line that cannot be read is the problem of its tip alone."""
    found: list[object] = []
    for line in body.splitlines():
        if line.strip():
            try:
                found.append(decode(line))
            except InvalidInput as error:
                found.append(error)
    return found
