"""The public form of a survey: ``/r/survey/<id>``. No cookie, no account, no address kept; works without JavaScript."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.domain.partner import Partner, PartnerStatus
from ingest.domain.survey import Survey, SurveyAnswer
from ingest.receive import PUBLIC, Once, Sender
from ingest.schema import BODY_LIMIT
from ingest.surveys.surveying import EVENT_LIMIT, PLACE_LIMIT, TEXT_LIMIT, event_tip, field_of, fill, is_open, opinion
from ingest.web.body import media_type, read_body
from ingest.web.deps import IntakeDeps
from ingest.web.fields import HONEYPOT, Answers, read_answers
from ingest.web.pages import Pages, in_minutes
from triage.domain.errors import AlreadyExists, FieldError, InvalidInput, TooMany, Unavailable

TOKEN_SECONDS = 24 * 3600
"""How long an open survey can be sent; after that it is shown again with all answers."""


class Surveys:
    """The pages of surveys."""

    def __init__(self, deps: IntakeDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages
        self._surveys = {survey.id: survey for survey in deps.surveys}

    async def show(self, request: Request) -> Response:
        """``GET /r/survey/<id>``: the questions, or that it is not open."""
        survey, partner = await self._survey(request)
        language = self._pages.language(request, survey.languages)
        return self._form(survey, partner, language, {}) if self._open(survey, partner) else self._pages.notice(request, "survey_over", 403)

    async def send(self, request: Request) -> Response:
        """``POST /r/survey/<id>/sent``: thanks, with the receipt of what was reported; or the questions with what must be mended."""
        survey, partner = await self._survey(request)
        if not self._open(survey, partner):
            return self._pages.notice(request, "survey_over", 403)
        if media_type(request) != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        answers = read_answers(await read_body(request, BODY_LIMIT))
        language = self._pages.language(request, survey.languages, answers.get("lang", ""))
        words = self._pages.words(language)
        try:
            return await self._accept(request, survey, partner, language, answers)
        except InvalidInput as error:
            said = {e.path: words.first(f"survey.errors.{e.code}", "errors.other") for e in error.errors}
            return self._form(survey, partner, language, answers, 422, said)
        except TooMany as error:
            wait = words("errors.too_many", minutes=in_minutes(error.retry_after))
            return self._form(survey, partner, language, answers, 429, {"": wait}, error.retry_after)
        except Unavailable:
            return self._form(survey, partner, language, answers, 503, {"": words("errors.unavailable")}, 30)

    async def sent_before(self, request: Request) -> Response:
        """``GET /r/survey/<id>/sent``: a reload or bookmark of the thanks. No code is shown again."""
        await self._survey(request)
        return self._pages.notice(request, "survey_sent", 200)

    async def _accept(self, request: Request, survey: Survey, partner: Partner, language: str, answers: Answers) -> Response:
        address = self._deps.blinded(request)
        self._deps.limits.forms.spend(address)
        filled = fill(survey, answers)
        secret = self._opened(survey, answers)
        if not secret or answers.get(HONEYPOT):
            raise InvalidInput([FieldError("", "send_again", "The survey was open for too long. Send it again.")])
        code, tip = "", event_tip(survey, filled, partner, language)
        if tip is not None:
            once = Once(secret, hashlib.sha256(tip.canonical()).hexdigest())
            code = (await self._deps.receiver.receive(tip, Sender(partner.slug, PUBLIC, source=address), once)).code
        if answer := opinion(survey, filled, language, self._deps.clock.now().date(), secret):
            await run_in_threadpool(self._add, answer)
        return self._pages.render("survey_sent.html", language, code=code, title=survey.titles[language])

    def _add(self, answer: SurveyAnswer) -> None:
        """Keep it. Going back and answering otherwise is a new opinion of the same person: the first one stays."""
        with suppress(AlreadyExists), self._deps.partner_side.writing() as work:
            work.surveys.add(answer)

    async def _survey(self, request: Request) -> tuple[Survey, Partner]:
        survey = self._surveys.get(request.path_params["survey"])
        partner = await run_in_threadpool(self._deps.partners.get, survey.partner) if survey else None
        if survey is None or partner is None:
            raise HTTPException(404)
        return survey, partner

    def _open(self, survey: Survey, partner: Partner) -> bool:
        return partner.status is PartnerStatus.ACTIVE and is_open(survey, self._deps.clock.now().date())

    def _opened(self, survey: Survey, answers: Answers) -> str:
        """The secret of the form that was sent; empty if its token is too old or not of this survey."""
        value = self._deps.sealer.unsign(answers.get("token", ""), TOKEN_SECONDS) or ""
        purpose, _, rest = value.partition(":")
        id, _, secret = rest.partition(":")
        return secret if (purpose, id) == ("survey", survey.id) else ""

    def _form(
        self,
        survey: Survey,
        partner: Partner,
        language: str,
        answers: Answers,
        status: int = 200,
        errors: Mapping[str, str] | None = None,
        retry_after: int = 0,
    ) -> Response:
        kept = self._opened(survey, answers)
        token = answers["token"] if kept else self._deps.sealer.sign(f"survey:{survey.id}:{self._deps.random(16).hex()}")
        return self._pages.render(
            "survey.html",
            language,
            status,
            {"Retry-After": str(retry_after)} if retry_after else None,
            "" if answers else f"/r/survey/{survey.id}",
            survey=survey,
            partner=partner,
            values=answers,
            errors=errors or {},
            token=token,
            field_of=field_of,
            limits={"text": TEXT_LIMIT, "event": EVENT_LIMIT, "place": PLACE_LIMIT},
            offered=survey.languages,
        )
