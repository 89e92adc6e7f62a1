"""Tips over the API: send one, list one's own, see where one stands, write in its thread, take it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ingest.api.advice import advice_on
from ingest.api.answers import (
    Accepted,
    Checked,
    MessageIn,
    OwnWords,
    ReleasedOutcome,
    RetractIn,
    Retraction,
    StepTaken,
    Thread,
    ThreadMessage,
    TipHead,
    TipPage,
    TipView,
)
from ingest.api.cursors import Cursors
from ingest.api.day_quota import DayQuota
from ingest.api.endpoint import JSON
from ingest.api.endpoints import PREFIX
from ingest.api.lifecycle import Reports
from ingest.api.own_tips import Standing, own_tip, standing_of, status_now
from ingest.api.problems import Refused
from ingest.catalogue import Catalogue
from ingest.receive import Once, Receipt, Reserved
from ingest.registry.agreement import outside_agreement
from ingest.schema import BODY_LIMIT, decode, parse
from ingest.submission import Submission
from ingest.visit import Returns, amend
from ingest.web.body import read_body
from ingest.web.deps import IntakeDeps
from ingest.web.partner_api.door import Call, check_media, good, quota_used, use_quota
from triage.domain.errors import Conflict, FieldError, InvalidInput
from triage.domain.tip import Channel

MOST_A_PAGE = 100
_A_PAGE = 50
_NOTHING_PROMISED = Reserved()
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Tips:
    """The endpoints below ``/tips``, but for the batch."""

    def __init__(self, deps: IntakeDeps, quota: DayQuota, reports: Reports, catalogues: Mapping[str, Catalogue]) -> None:
        self._deps = deps
        self._quota = quota
        self._reports = reports
        self._catalogues = catalogues
        self._cursors = Cursors(deps.sealer)
        self._returns = Returns(deps.partner_side, deps.sealer, deps.clock, deps.ids)

    async def send(self, call: Call) -> Response:
        """``POST /tips``: 201 after the commit; a repeated ``Idempotency-Key`` gets the first answer again."""
        check_media(call.request, (JSON,))
        once = once_of(call)
        dry = only_checks(call.request)
        submission = parse(await read_body(call.request, BODY_LIMIT))
        if errors := outside_agreement(call.caller.partner, submission):
            raise InvalidInput(errors)
        if dry:
            checked = Checked(True, advice_on(submission, call.caller.partner, self._catalogues))
            return good(checked, headers={"Preference-Applied": "validate-only"} if _prefers_checking(call.request) else None)
        return await self.accept(call, submission, once)

    async def accept(
        self, call: Call, submission: Submission, once: Once | None, reserved: Reserved = _NOTHING_PROMISED, conflict: str = "key_reused"
    ) -> Response:
        """Store a tip that was checked, and answer with its receipt. ``conflict`` is the code of the problem if another was first."""
        if await use_quota(self._quota, call) < 1:
            raise quota_used(self._quota, call, self._deps.clock.now())
        try:
            receipt = await self._deps.receiver.receive(submission, call.sender, once, reserved)
        except Conflict as error:
            raise Refused(conflict, str(error)) from error
        return self.answer(call, receipt)

    def answer(self, call: Call, receipt: Receipt) -> Response:
        """The answer that hands a receipt over."""
        address = f"{PREFIX}/tips/{receipt.id}"
        headers = {"Location": address, "Idempotent-Replayed": "true"} if receipt.repeated else {"Location": address}
        return good(Accepted(receipt.id, receipt.code, self._base(call.request) + address), 201, headers)

    async def list_own(self, call: Call) -> Response:
        """``GET /tips``: a page of one's own, newest first."""
        asked = call.request.query_params
        limit, since, reference = _limit(asked.get("limit")), _time(asked.get("since")), _reference(asked.get("reference"))
        of = (call.slug, since.isoformat() if since else "", reference)
        word = asked.get("cursor")
        before = None if word is None else self._cursors.read(of, word)
        heads = await run_in_threadpool(self._page, call.slug, before, limit + 1, since, reference)
        following = None
        if len(heads) > limit:
            heads = heads[:limit]
            last = heads[-1]
            query = {"cursor": self._cursors.give(of, last.received_at, last.id), "limit": str(limit)}
            query |= {name: value for name in ("since", "reference") if (value := asked.get(name))}
            following = f"{self._base(call.request)}{PREFIX}/tips?{urlencode(query)}"
        return good(TipPage(heads, following), headers={"Link": f'<{following}>; rel="next"'} if following else None)

    async def show(self, call: Call) -> Response:
        """``GET /tips/{id}``: where one's own tip stands; another's does not exist."""
        return good(await run_in_threadpool(self._view, call.id(), call.slug))

    async def thread(self, call: Call) -> Response:
        """``GET /tips/{id}/messages``: the thread. What was new is seen by this."""
        return good(await run_in_threadpool(self._thread, call.id(), call))

    async def write(self, call: Call) -> Response:
        """``POST /tips/{id}/messages``: adds to the thread."""
        check_media(call.request, (JSON,))
        text = _read(await read_body(call.request, BODY_LIMIT), MessageIn).text
        if not text.strip() or _CONTROL.search(text.translate({9: None, 10: None, 13: None})):
            raise InvalidInput([FieldError("text", "not_text", "Write a few words, without control characters.")])

        def add() -> Thread:
            self._own(call.id(), call.slug)
            amend(call.id(), text, self._deps.storage, self._deps.clock, self._deps.ids, call.actor)
            return self._thread(call.id(), call)

        return good(await run_in_threadpool(add), 201)

    async def retract(self, call: Call) -> Response:
        """``POST /tips/{id}/retract``: tells the desk that the partner takes the tip back."""
        check_media(call.request, (JSON,))
        reason = _read(await read_body(call.request, BODY_LIMIT), RetractIn).reason

        def take_back() -> TipView:
            self._reports.retract(call.id(), call.slug, reason, call.actor)
            return self._view(call.id(), call.slug)

        return good(await run_in_threadpool(take_back))

    def _page(self, slug: str, before: tuple[datetime, str] | None, limit: int, since: datetime | None, reference: str) -> list[TipHead]:
        now = self._deps.clock.now()
        with self._deps.partner_side.reading() as work:
            return [
                TipHead(
                    tip.id,
                    status_now(tip.id, slug, tip.received_at, work, now),
                    tip.received_at,
                    Channel(tip.channel),
                    OwnWords(tip.role, tip.reference),
                )
                for tip in work.own.page(slug, before, limit, since, reference)
            ]

    def _view(self, tip_id: str, slug: str) -> TipView:
        with self._deps.partner_side.reading() as work:
            return view_of(standing_of(own_tip(tip_id, slug, work), work, self._deps.clock.now()))

    def _own(self, tip_id: str, slug: str) -> None:
        with self._deps.partner_side.reading() as work:
            own_tip(tip_id, slug, work)

    def _thread(self, tip_id: str, call: Call) -> Thread:
        self._own(tip_id, call.slug)
        seen = self._returns.look(tip_id, call.actor)
        messages = seen.thread if seen else ()
        return Thread([ThreadMessage(one.id, one.at, "partner" if one.from_source else "agency", one.text) for one in messages])

    def _base(self, request: Request) -> str:
        return self._deps.public_url or f"{request.url.scheme}://{request.url.netloc}"


def view_of(standing: Standing) -> TipView:
    """Where a tip stands, as it is answered."""
    tip, choices, outcome = standing.tip, standing.choices, standing.outcome
    return TipView(
        tip.id,
        standing.status,
        tip.received_at,
        tip.channel,
        OwnWords(tip.partner_role, tip.partner_reference),
        [StepTaken(step.step, step.at) for step in standing.steps],
        ReleasedOutcome(outcome.code, outcome.useful, outcome.released_at) if outcome else None,
        standing.unread,
        Retraction(choices.retract_reason, choices.retracted_at) if choices.retracted_at else None,
    )


def once_of(call: Call, key: str | None = None) -> Once | None:
    """What makes a repeat recognisable: the key given, else that of the header; None without one."""
    key = call.request.headers.get("idempotency-key") if key is None else key
    if key is None:
        return None
    if not _VISIBLE.fullmatch(key):
        message = "Use 1 to 255 visible ASCII characters, for example a UUID."
        raise InvalidInput([FieldError("Idempotency-Key", "not_a_key", message)])
    return Once(call.caller.secret, key)


def only_checks(request: Request) -> bool:
    """Whether a dry run is asked for."""
    asked = request.query_params.get("dry_run", "false").lower()
    if asked not in ("true", "false", "1", "0"):
        raise InvalidInput([FieldError("dry_run", "not_a_choice", "Use true or false.")])
    return asked in ("true", "1") or _prefers_checking(request)


def _prefers_checking(request: Request) -> bool:
    wishes = request.headers.get("prefer", "").split(",")
    return any(wish.partition(";")[0].strip().lower() == "validate-only" for wish in wishes)


def _read(body: bytes, of: type[msgspec.Struct]) -> Any:
    """A small body of a known type. Raises ``InvalidInput``."""
    value = decode(body)
    try:
        return msgspec.convert(value, of)
    except msgspec.ValidationError:
        fields = ", ".join(f"`{name}`" for name in of.__struct_fields__)
        raise InvalidInput([FieldError("", "not_accepted", f"Send one object with {fields} as text, within its limits.")]) from None


def _limit(asked: str | None) -> int:
    if asked is None:
        return _A_PAGE
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 6 and 1 <= int(asked) <= MOST_A_PAGE):
        raise InvalidInput([FieldError("limit", "out_of_range", f"Use a number from 1 to {MOST_A_PAGE}.")])
    return int(asked)


def _time(asked: str | None) -> datetime | None:
    if asked is None:
        return None
    try:
        at = datetime.fromisoformat(asked.replace(" ", "+"))  # a plus that was not encoded comes as a space
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput([FieldError("since", "not_a_time", "Write a time like 2026-11-01T12:00:00Z.")])


def _reference(asked: str | None) -> str:
    if asked is None:
        return ""
    if not asked or len(asked) > 300 or _CONTROL.search(asked):
        raise InvalidInput([FieldError("reference", "not_a_reference", "Write your own reference as you sent it: 1 to 300 characters.")])
    return asked
