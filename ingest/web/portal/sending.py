"""The portal's page to report on: all questions at once, with what is known of the sender filled in."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ingest.portal.portal import PartnerReports
from ingest.receipts import grouped
from ingest.schema import BODY_LIMIT
from ingest.web.body import read_body
from ingest.web.deps import IntakeDeps
from ingest.web.fields import Answers, read_answers
from ingest.web.one_page import OnePage
from ingest.web.pages import Pages, in_minutes
from ingest.web.portal.colleague import Colleague
from ingest.web.portal.frame import Portal
from ingest.web.sending import Sending, Sent, advice, said
from triage.domain.errors import InvalidInput, TooMany, Unavailable
from triage.web.session import form_token


class SendPages:
    """The form, and the receipt."""

    def __init__(self, deps: IntakeDeps, pages: Pages, portal: Portal) -> None:
        self._portal = portal
        self._sending = Sending(deps, pages)
        self._form = OnePage(pages, self._sending)
        self._reports = PartnerReports(deps.partner_side, deps.storage, deps.sealer, deps.clock, deps.ids)

    def show(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/report``: the form, with the person's role as it was given last."""
        role = self._reports.usual_role(colleague.partner.slug, colleague.actor)
        return self._show(request, colleague, {"partner.role": role} if role else {})

    async def send(self, request: Request, colleague: Colleague) -> Response:
        """``POST /p/report``: the receipt, or the form again with what must be mended and everything that was typed."""
        answers = read_answers(await read_body(request, BODY_LIMIT))
        if not self._portal.is_own_form(colleague, answers.get("token", "")):
            return await run_in_threadpool(self._portal.problem, request, colleague, 403, "old_form", "/p/report")
        words = self._portal.words(colleague.language)
        try:
            sent = await self._sending.send(colleague.partner, colleague.language, answers, colleague.actor, colleague.actor)
        except InvalidInput as error:
            return await self._again(request, colleague, answers, said(error.errors, words), 422)
        except TooMany as error:
            return await self._again(
                request, colleague, answers, {"": words("errors.too_many", minutes=in_minutes(error.retry_after))}, 429, error.retry_after
            )
        except Unavailable:
            return await self._again(request, colleague, answers, {"": words("errors.unavailable")}, 503, 30)
        return await run_in_threadpool(self._sent, request, colleague, sent)

    async def _again(
        self, request: Request, colleague: Colleague, answers: Answers, errors: Mapping[str, str], status: int, retry_after: int = 0
    ) -> Response:
        answer = await run_in_threadpool(self._show, request, colleague, answers, errors, status)
        if retry_after:
            answer.headers["Retry-After"] = str(retry_after)
        return answer

    def _show(
        self, request: Request, colleague: Colleague, answers: Answers, errors: Mapping[str, str] | None = None, status: int = 200
    ) -> Response:
        hidden = {"token": form_token(colleague.session.token)}
        form = self._form.html(colleague.partner, colleague.language, "/p/report", answers, errors, hidden)
        return self._portal.show(request, colleague, "send.html", {"form": form, "errors": errors or {}}, status)

    def _sent(self, request: Request, colleague: Colleague, sent: Sent) -> Response:
        wishes = advice(colleague.partner, sent.submission, self._portal.words(colleague.language))
        values = {"tip": sent.receipt.id, "code": grouped(sent.receipt.code), "advice": wishes}
        return self._portal.show(request, colleague, "sent.html", values)
