"""The form question by question: ``/r/<slug>``. Every page is the answer to a POST, so that no address says how far somebody came.

What was answered is kept on the server, sealed under a secret that only the page holds (``ingest.drafting``). There is no cookie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ingest.domain.partner import Partner, PartnerStatus
from ingest.drafting import Drafting, Kept
from ingest.web import steps
from ingest.web.deps import IntakeDeps
from ingest.web.fields import HONEYPOT, Answers, errors_at, tidy_point, to_submission
from ingest.web.pages import Pages, in_minutes
from ingest.web.sending import DRAFT, Sending, advice, said
from ingest.web.steps import Step
from triage.domain.errors import Conflict, FieldError, InvalidInput, TooMany, Unavailable

LENIENT = frozenset({"back", "skip", "stay"})
"""Ways to go on that complain about nothing: what can be kept is kept, the rest is as if it had not been written."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """One page that came back: whose form, in which language, which step, what was pressed (``go``) and filled in, and the draft so far.

    ``token`` is that of the form with its ``secret``; ``renewed`` says that the one that came was too old or not ours.
    """

    partner: Partner
    language: str
    step: Step
    go: str
    given: Answers
    secret: str
    token: str
    renewed: bool
    kept: Kept

    @property
    def then(self) -> str:
        """The step to return to, if this one was opened to change an answer."""
        return self.given.get("then", "")


class Questions:
    """The pages of the questions."""

    def __init__(self, deps: IntakeDeps, pages: Pages, sending: Sending) -> None:
        self._deps = deps
        self._pages = pages
        self._sending = sending
        self._drafting = Drafting(deps.partner_side, deps.sealer, deps.clock, deps.ids, deps.random)

    def start(self, partner: Partner, language: str) -> Response:
        """The first page: what to do if somebody is in danger, and how to begin."""
        here = f"/r/{partner.slug}"
        return self._pages.render(
            "start.html", language, here=here, offered=partner.languages, partner=partner, draft=self._sending.new_form()
        )

    async def answer(self, request: Request, partner: Partner, language: str, given: Answers) -> Response:
        """The next page after one that came back, or the same with what must be mended and everything that was typed."""
        step = steps.BY_NAME.get(given.get("step", ""))
        secret, _ = self._sending.opened(given)
        if step is None:
            return self._show(partner, language, steps.FIRST, {}, self._sending.new_form(secret))
        kept = await run_in_threadpool(self._drafting.load, secret) if secret else None
        if kept.partner != partner.slug if kept else step.name not in steps.BEFORE_THE_WORDS:
            return self.over(partner, language)
        kept = kept or Kept(partner.slug)
        token, renewed = (given[DRAFT], False) if secret else ("", True)
        if renewed:
            secret = self._drafting.new_secret()
            token = self._sending.new_form(secret)
        turn = _Turn(partner, language, step, given.get("go", ""), given, secret, token, renewed, kept)
        merged = _merged(turn)
        try:
            return await self._go_on(request, turn, merged)
        except InvalidInput as error:
            return self._again(turn, merged, 422, said(error.errors, self._pages.words(language)))
        except TooMany as error:
            words = self._pages.words(language)("errors.too_many", minutes=in_minutes(error.retry_after))
            return self._again(turn, merged, 429, {"": words}, error.retry_after)
        except Unavailable:
            return self._again(turn, merged, 503, {"": self._pages.words(language)("errors.unavailable")}, 30)

    def over(self, partner: Partner, language: str) -> Response:
        """The page of a form whose answers are gone: it rested too long, or somebody left it in a hurry."""
        return self._pages.render("over.html", language, 410, partner=partner)

    async def leave(self, given: Answers) -> None:
        """Forget what was answered in the form that this token belongs to."""
        secret, _ = self._sending.opened(given)
        if secret:
            await run_in_threadpool(self._drafting.leave, secret)

    async def was_left(self, given: Answers) -> bool:
        """Whether somebody left this form in a hurry."""
        secret, _ = self._sending.opened(given)
        kept = await run_in_threadpool(self._drafting.load, secret) if secret else None
        return kept is not None and not kept.partner

    async def unsent(self, language: str, typed: str) -> Response | None:
        """The page of a report that was saved under a code and is not sent yet, to go on with it or to send it; None if there is none."""
        found = await run_in_threadpool(self._drafting.resume, typed)
        partner = await run_in_threadpool(self._deps.partners.get, found[1].partner) if found else None
        if found is None or partner is None or partner.status is not PartnerStatus.ACTIVE:
            return None
        secret, kept = found
        return self._saved(partner, language, kept, self._sending.new_form(secret))

    async def _go_on(self, request: Request, turn: _Turn, merged: Answers) -> Response:
        errors = errors_at(merged, turn.step.fields)
        if turn.renewed or turn.given.get(HONEYPOT):
            errors.insert(0, FieldError("", "send_again", "The form was open for too long. Send it again."))
        if errors and turn.go not in LENIENT and not turn.go.startswith("lang:"):
            raise InvalidInput(errors)
        self._deps.limits.steps.spend(self._address(request))
        wrong = {error.path for error in errors}
        kept = replace(turn.kept, answers={name: value for name, value in merged.items() if name not in wrong})
        turn = replace(turn, kept=kept)
        if turn.go == "save":
            saved = await run_in_threadpool(self._drafting.save_for_later, turn.secret, kept)
            return self._saved(turn.partner, turn.language, saved, turn.token)
        await run_in_threadpool(self._drafting.keep, turn.secret, kept)
        return await self._send(request, turn) if turn.go == "send" else self._next(turn)

    def _next(self, turn: _Turn) -> Response:
        """The page that was asked for with ``go``: one before, the same, a certain one, or the next."""
        partner, answers, language, then = turn.partner, turn.kept.answers, turn.language, turn.then
        way, _, where = turn.go.partition(":")
        step = steps.after(turn.step, partner, answers)
        match way:
            case "back" if then:
                step = steps.LAST
            case "back":
                previous = steps.before(turn.step, partner, answers)
                if previous is None:
                    return self.start(partner, language)
                step = previous
            case "stay":
                step = turn.step
            case "lang":
                step, language = turn.step, self._pages.choose(partner.languages, where)
            case "change":
                step, then = steps.BY_NAME.get(where, steps.LAST), steps.LAST.name
            case _ if then and step.name != "help":
                step = steps.LAST
        return self._show(partner, language, step, answers, turn.token, then if step is not steps.LAST else "")

    async def _send(self, request: Request, turn: _Turn) -> Response:
        answers = {**turn.kept.answers, DRAFT: turn.token}
        try:
            sent = await self._sending.send(turn.partner, turn.language, answers, self._address(request), kept=turn.kept)
        except Conflict:  # it was sent with this code before, with other words
            return self._pages.notice(request, "sent", 200)
        if turn.kept.code:
            await run_in_threadpool(self._drafting.forget_saved, turn.kept.code)
        return self._sending.page(turn.partner, turn.language, sent, answers)

    def _again(self, turn: _Turn, merged: Answers, status: int, errors: Mapping[str, str], retry_after: int = 0) -> Response:
        """The step that came back, as it was filled in."""
        step = turn.step
        if step is steps.LAST:  # an answer of another page must be mended: lead there
            step = next((other for other in steps.STEPS if set(other.fields) & errors.keys()), step)
        return self._show(turn.partner, turn.language, step, merged, turn.token, turn.then, status, errors, retry_after)

    def _saved(self, partner: Partner, language: str, kept: Kept, draft: str) -> Response:
        return self._pages.render("saved.html", language, partner=partner, code=kept.code, draft=draft)

    def _show(
        self,
        partner: Partner,
        language: str,
        step: Step,
        answers: Answers,
        draft: str,
        then: str = "",
        status: int = 200,
        errors: Mapping[str, str] | None = None,
        retry_after: int = 0,
    ) -> Response:
        words = self._pages.words(language)
        number, total = steps.place_of(step, partner, answers)
        values: dict[str, Any] = {"step": step.name, "number": number, "total": total, "then": then, "draft": draft}
        if step is steps.LAST:
            wanted = advice(partner, to_submission(answers, language), words)
            values |= {"rows": steps.rows(partner, answers, words), "advice": wanted}
        return self._pages.render(
            "check.html" if step is steps.LAST else "step.html",
            language,
            status,
            {"Retry-After": str(retry_after)} if retry_after else None,
            partner=partner,
            offered=partner.languages,
            hint=self._pages.hint(partner, language),
            values=answers,
            errors=errors or {},
            **values,
        )

    def _address(self, request: Request) -> str:
        return self._deps.blinded(request)


def _merged(turn: _Turn) -> Answers:
    """The answers so far with this page's in the place of what it said before; an empty answer is none."""
    own = {name: value for name in turn.step.fields if (value := turn.given.get(name, "")).strip()}
    if "geo.lat" in turn.step.fields:
        own = {name: value for name, value in own.items() if not name.startswith("geo.")} | tidy_point(turn.given)
    if turn.go == "called":  # kept so that nobody is told again to call
        own["called"] = "yes"
    return {name: value for name, value in turn.kept.answers.items() if name not in turn.step.fields} | own
