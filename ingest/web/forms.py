"""The public report form of a partner. No cookie, no account, no address kept; works without JavaScript.

``/r/<slug>`` asks question by question (``ingest.web.questions``); ``/r/<slug>?all=1`` shows everything on one page.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.domain.partner import Partner, PartnerStatus
from ingest.schema import BODY_LIMIT
from ingest.web.body import media_type, read_body
from ingest.web.deps import IntakeDeps
from ingest.web.fields import Answers, read_answers
from ingest.web.headers import let_frame
from ingest.web.one_page import OnePage
from ingest.web.pages import Pages, in_minutes
from ingest.web.questions import Questions
from ingest.web.sending import DRAFT, Sending, said
from triage.domain.errors import InvalidInput, TooMany, Unavailable


class Forms:
    """The form's addresses. ``questions`` are its pages, ``sending`` hands reports in."""

    def __init__(self, deps: IntakeDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages
        self.sending = Sending(deps, pages)
        self.questions = Questions(deps, pages, self.sending)
        self._one_page = OnePage(pages, self.sending)

    async def show(self, request: Request) -> Response:
        """``GET /r/<slug>``: the first page, or all questions with ``?all=1``."""
        partner = await self._partner(request)
        if partner.status is not PartnerStatus.ACTIVE:
            return self._pages.notice(request, "suspended", 403)
        language = self._pages.language(request, partner.languages)
        if "all" in request.query_params:
            return self._form(partner, language, {})
        return self.questions.start(partner, language)

    async def send(self, request: Request) -> Response:
        """``POST /r/<slug>`` and ``/r/<slug>/sent``: the next page, the receipt, or the same page with what must be mended.

        The second address is that of the receipt: looked up again, it says that the report was sent.
        """
        partner = await self._partner(request)
        if partner.status is not PartnerStatus.ACTIVE:
            return self._pages.notice(request, "suspended", 403)
        if media_type(request) != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        answers = read_answers(await read_body(request, BODY_LIMIT))
        language = self._pages.language(request, partner.languages, answers.get("lang", ""))
        if "step" in answers:
            return await self.questions.answer(request, partner, language, answers)
        if await self.questions.was_left(answers):
            return self.questions.over(partner, language)
        try:
            sent = await self.sending.send(partner, language, answers, self._address(request))
        except InvalidInput as error:
            return self._form(partner, language, answers, 422, said(error.errors, self._pages.words(language)))
        except TooMany as error:
            words = self._pages.words(language)("errors.too_many", minutes=in_minutes(error.retry_after))
            return self._form(partner, language, answers, 429, {"": words}, error.retry_after)
        except Unavailable:
            return self._form(partner, language, answers, 503, {"": self._pages.words(language)("errors.unavailable")}, 30)
        return self.sending.page(partner, language, sent, answers)

    async def sent_before(self, request: Request) -> Response:
        """``GET /r/<slug>/sent``: a reload or bookmark of the receipt. The code is not shown again."""
        await self._partner(request)
        return self._pages.notice(request, "sent", 200)

    async def leave(self, request: Request) -> Response:
        """``GET`` or ``POST /r/exit``: forget what can be forgotten and go to a dull page.

        A POST brings the form's token, so that its answers are forgotten too. It may not be redirected to another site: browsers hold
        that to be a form sent there, which the content security policy refuses.
        """
        clear = {"Clear-Site-Data": '"cache", "cookies", "storage"'}
        if request.method != "POST":
            return Response(status_code=303, headers={"Location": self._deps.policy.exit_site, **clear})
        self._deps.limits.steps.spend(self._address(request))
        await self.questions.leave(read_answers(await read_body(request, BODY_LIMIT)))
        return Response(status_code=200, headers={"Refresh": f"0; url={self._deps.policy.exit_site}", **clear}, media_type="text/html")

    async def _partner(self, request: Request) -> Partner:
        partner = await run_in_threadpool(self._deps.partners.get, request.path_params["slug"])
        if partner is None:
            raise HTTPException(404)
        let_frame(request, partner.embed_origins)
        return partner

    def _address(self, request: Request) -> str:
        return self._deps.blinded(request)

    def _form(
        self,
        partner: Partner,
        language: str,
        answers: Answers,
        status: int = 200,
        errors: Mapping[str, str] | None = None,
        retry_after: int = 0,
    ) -> Response:
        draft = self._one_page.token(answers)
        form = self._one_page.html(partner, language, f"/r/{partner.slug}/sent", {**answers, DRAFT: draft}, errors)
        return self._pages.render(
            "form.html",
            language,
            status,
            {"Retry-After": str(retry_after)} if retry_after else None,
            "" if answers else f"/r/{partner.slug}?all=1",
            partner=partner,
            offered=partner.languages,
            errors=errors or {},
            form=form,
            draft=draft,
        )
