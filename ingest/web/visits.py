"""Coming back with a code: ``/r/code``. The code travels only in the body of a POST, never in an address."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.schema import BODY_LIMIT
from ingest.visit import Visit, amend, tip_of_code, visit
from ingest.web.body import media_type, read_body
from ingest.web.deps import IntakeDeps
from ingest.web.fields import NARRATIVE_LIMIT, Answers, read_answers
from ingest.web.pages import Pages, in_minutes
from triage.domain.errors import TooMany

VISIT_SECONDS = 3600
"""How long the page of a report can be written from; after that the code is asked for again."""


class Visits:
    """The return page."""

    def __init__(self, deps: IntakeDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages

    async def ask(self, request: Request) -> Response:
        """``GET /r/code``: asks for the code."""
        return self._ask(self._pages.language(request))

    async def show(self, request: Request) -> Response:
        """``POST /r/code``: the report's status and thread. Right and wrong codes are answered after the same time."""
        answers = await self._answers(request)
        language = self._pages.language(request, asked=answers.get("lang", ""))
        done = asyncio.get_running_loop().time() + self._deps.pace_seconds
        typed = answers.get("code", "")
        try:
            seen = await self._look(request, typed)
        except TooMany as error:
            return self._ask(language, typed, "errors.too_many", 429, error.retry_after)
        finally:
            await asyncio.sleep(max(0.0, done - asyncio.get_running_loop().time()))
        return self._ask(language, typed, "errors.code", 422) if seen is None else self._show(language, seen)

    async def add(self, request: Request) -> Response:
        """``POST /r/code/add``: adds to the thread."""
        answers = await self._answers(request)
        language = self._pages.language(request, asked=answers.get("lang", ""))
        value = self._deps.sealer.unsign(answers.get("visit", ""), VISIT_SECONDS) or ""
        purpose, _, tip_id = value.partition(":")
        seen = await run_in_threadpool(visit, tip_id, self._deps.storage) if purpose == "visit" else None
        if seen is None:
            return self._ask(language, "", "errors.visit_over", 422)
        text = answers.get("text", "")
        if not text.strip() or len(text) > NARRATIVE_LIMIT:
            error = "errors.message_long" if text.strip() else "errors.message_empty"
            return self._show(language, seen, text, error)
        self._deps.limits.forms.spend(self._address(request))
        await run_in_threadpool(amend, tip_id, text, self._deps.storage, self._deps.clock, self._deps.ids)
        seen = await run_in_threadpool(visit, tip_id, self._deps.storage)
        return self._ask(language) if seen is None else self._show(language, seen, added=True)

    async def _look(self, request: Request, typed: str) -> Visit | None:
        """The report of a code. Every try counts until it was a right one."""
        address = self._address(request)
        limits, deps = self._deps.limits, self._deps
        limits.codes.spend(address)
        limits.codes_everywhere.spend()
        tip_id = await run_in_threadpool(tip_of_code, typed, deps.store, deps.sealer)
        if tip_id is None:
            return None
        limits.codes.refund(address)
        limits.codes_everywhere.refund()
        return await run_in_threadpool(visit, tip_id, deps.storage)

    async def _answers(self, request: Request) -> Answers:
        if media_type(request) != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        return read_answers(await read_body(request, BODY_LIMIT))

    def _address(self, request: Request) -> str:
        return self._deps.blinded(request.client.host if request.client else "")

    def _ask(self, language: str, typed: str = "", error: str = "", status: int = 200, retry_after: int = 0) -> Response:
        words = self._pages.words(language)(error, minutes=in_minutes(retry_after)) if error else ""
        headers = {"Retry-After": str(retry_after)} if retry_after else None
        return self._pages.render(
            "code.html", language, status, headers, "/r/code", values={"code": typed}, errors={"code": words} if error else {}
        )

    def _show(self, language: str, seen: Visit, text: str = "", error: str = "", added: bool = False) -> Response:
        errors = {"text": self._pages.words(language)(error)} if error else {}
        token = self._deps.sealer.sign(f"visit:{seen.tip_id}")
        return self._pages.render(
            "visit.html", language, 422 if error else 200, seen=seen, visit=token, text=text, errors=errors, added=added
        )
