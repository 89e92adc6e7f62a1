"""Coming back with a code: ``/r/code``. The code travels only in the body of a POST, never in an address.

Whoever gave the right code gets a page with a signed token that lasts an hour; every change carries it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.schema import BODY_LIMIT, from_value
from ingest.visit import Returns, Visit, amend, tip_of_code
from ingest.web.body import media_type, read_body
from ingest.web.deps import IntakeDeps
from ingest.web.fields import NARRATIVE_LIMIT, Answers, read_answers
from ingest.web.pages import Pages, in_minutes
from triage.domain.errors import FieldError, InvalidInput, TooMany
from triage.domain.tip import Consent, Contact

VISIT_SECONDS = 3600
"""How long the page of a report can be written from; after that the code is asked for again."""

_CONTACT = ("name", "phone", "email", "safe_times", "language")
_WORDS = {"no_way_back": "errors.contact_blank", "not_an_email": "errors.email", "too_long": "errors.too_long"}


def visit_token(deps: IntakeDeps, tip_id: str) -> str:
    """The hidden field ``visit`` that opens a report's pages for an hour: for whoever gave its code, or has sent it just now."""
    return deps.sealer.sign(f"visit:{tip_id}")


def visited_tip(deps: IntakeDeps, token: str) -> str:
    """The tip of such a field; empty if the token does not hold."""
    purpose, _, tip_id = (deps.sealer.unsign(token, VISIT_SECONDS) or "").partition(":")
    return tip_id if purpose == "visit" else ""


class Visits:
    """The return page. ``unsent`` makes the page of a report that was saved under a code: given the language and what was typed."""

    def __init__(self, deps: IntakeDeps, pages: Pages, unsent: Callable[[str, str], Awaitable[Response | None]]) -> None:
        self._deps = deps
        self._pages = pages
        self._unsent = unsent
        self._returns = Returns(deps.partner_side, deps.sealer, deps.clock, deps.ids)

    async def ask(self, request: Request) -> Response:
        """``GET /r/code``: asks for the code."""
        return self._ask(self._pages.language(request))

    async def show(self, request: Request) -> Response:
        """``POST /r/code``: the report's status and thread. Right and wrong codes are answered after the same time."""
        answers = await self._answers(request)
        language = self._pages.language(request, asked=answers.get("lang", ""))
        if tip_id := visited_tip(self._deps, answers.get("visit", "")):  # on the way back from another page of the same visit
            again = await run_in_threadpool(self._returns.look, tip_id)
            return self._ask(language) if again is None else self._show(language, again)
        done = asyncio.get_running_loop().time() + self._deps.pace_seconds
        typed = answers.get("code", "")
        try:
            seen = await self._look(request, language, typed)
        except TooMany as error:
            return self._ask(language, typed, "errors.too_many", 429, error.retry_after)
        finally:
            await asyncio.sleep(max(0.0, done - asyncio.get_running_loop().time()))
        if seen is None:
            return self._ask(language, typed, "errors.code", 422)
        return seen if isinstance(seen, Response) else self._show(language, seen)

    async def add(self, request: Request) -> Response:
        """``POST /r/code/add``: adds to the thread."""

        def check(answers: Answers) -> Mapping[str, str]:
            text = answers.get("text", "")
            if text.strip() and len(text) <= NARRATIVE_LIMIT:
                return {}
            return {"text": "errors.message_long" if text.strip() else "errors.message_empty"}

        def act(tip_id: str, answers: Answers) -> str:
            amend(tip_id, answers["text"], self._deps.storage, self._deps.clock, self._deps.ids)
            return "visit.added"

        return await self._change(request, act, check)

    async def contact(self, request: Request) -> Response:
        """``POST /r/code/contact``: leaves contact details, or puts others in their place."""

        def act(tip_id: str, answers: Answers) -> str:
            self._returns.leave_contact(tip_id, read_contact(answers), read_consent(answers))
            return "visit.contact.kept"

        return await self._change(request, act, _contact_errors)

    async def consent(self, request: Request) -> Response:
        """``POST /r/code/consent``: changes who else may see them."""

        def act(tip_id: str, answers: Answers) -> str:
            self._returns.set_consent(tip_id, read_consent(answers))
            return "visit.contact.saved"

        return await self._change(request, act)

    async def withdraw(self, request: Request) -> Response:
        """``POST /r/code/withdraw``: takes them back; they are deleted."""

        def act(tip_id: str, _: Answers) -> str:
            self._returns.withdraw_contact(tip_id)
            return "visit.contact.deleted"

        return await self._change(request, act)

    async def messages(self, request: Request) -> Response:
        """``POST /r/code/messages``: wants no more messages, or wants them again."""

        def act(tip_id: str, answers: Answers) -> str:
            stop = answers.get("stop") == "yes"
            self._returns.stop_messages(tip_id, stop)
            return "visit.stop.stopped" if stop else "visit.stop.started"

        return await self._change(request, act)

    async def _change(
        self, request: Request, act: Callable[[str, Answers], str], check: Callable[[Answers], Mapping[str, str]] = lambda _: {}
    ) -> Response:
        """Do something with the report of the visit. ``check`` names what to mend by field; ``act`` returns the key of what to say."""
        answers = await self._answers(request)
        language = self._pages.language(request, asked=answers.get("lang", ""))
        tip_id = visited_tip(self._deps, answers.get("visit", ""))
        seen = await run_in_threadpool(self._returns.look, tip_id) if tip_id else None
        if seen is None:
            return self._ask(language, "", "errors.visit_over", 422)
        if errors := check(answers):
            return self._show(language, seen, answers, errors)
        self._deps.limits.forms.spend(self._address(request))
        said = await run_in_threadpool(act, tip_id, answers)
        seen = await run_in_threadpool(self._returns.look, tip_id)
        return self._ask(language) if seen is None else self._show(language, seen, said=said)

    async def _look(self, request: Request, language: str, typed: str) -> Visit | Response | None:
        """The report of a code, or the page of one that is not sent yet. Every try counts until it was a right one."""
        address = self._address(request)
        limits, deps = self._deps.limits, self._deps
        limits.codes.spend(address)
        limits.codes_everywhere.spend()
        tip_id = await run_in_threadpool(tip_of_code, typed, deps.store, deps.sealer)
        unsent = await self._unsent(language, typed) if tip_id is None else None
        if tip_id is None and unsent is None:
            return None
        limits.codes.refund(address)
        limits.codes_everywhere.refund()
        return unsent if tip_id is None else await run_in_threadpool(self._returns.look, tip_id)

    async def _answers(self, request: Request) -> Answers:
        if media_type(request) != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        return read_answers(await read_body(request, BODY_LIMIT))

    def _address(self, request: Request) -> str:
        return self._deps.blinded(request)

    def _ask(self, language: str, typed: str = "", error: str = "", status: int = 200, retry_after: int = 0) -> Response:
        words = self._pages.words(language)(error, minutes=in_minutes(retry_after)) if error else ""
        headers = {"Retry-After": str(retry_after)} if retry_after else None
        return self._pages.render(
            "code.html", language, status, headers, "/r/code", values={"code": typed}, errors={"code": words} if error else {}
        )

    def _show(
        self, language: str, seen: Visit, values: Answers | None = None, errors: Mapping[str, str] | None = None, said: str = ""
    ) -> Response:
        words = self._pages.words(language)
        return self._pages.render(
            "visit.html",
            language,
            422 if errors else 200,
            seen=seen,
            visit=visit_token(self._deps, seen.tip_id),
            values=values or {},
            errors={name: words(key) for name, key in (errors or {}).items()},
            said=said,
        )


def read_contact(answers: Answers) -> Contact:
    """The contact details of the form. Raises ``InvalidInput`` with the fields' names as paths, also where there is no way to answer."""
    given: dict[str, object] = {name: value for name in _CONTACT if (value := answers.get(f"contact.{name}", "").strip())}
    given["leave_message"] = "contact.leave_message" in answers
    contact = from_value({"narrative": "contact", "contact": given}).to_contact()
    if contact is None or not (contact.phone or contact.email):
        raise InvalidInput([FieldError("contact.phone", "no_way_back", "Enter a phone number or an email.")])
    return contact


def read_consent(answers: Answers) -> Consent:
    """Who else may see them; nothing is ticked unless the person did."""
    return Consent("consent.police" in answers, "consent.support" in answers)


def _contact_errors(answers: Answers) -> Mapping[str, str]:
    try:
        read_contact(answers)
    except InvalidInput as error:
        return {each.path: _WORDS.get(each.code, "errors.other") for each in error.errors}
    return {}
