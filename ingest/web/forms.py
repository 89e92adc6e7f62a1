"""The public report form of a partner. No cookie, no account, no address kept; works without JavaScript.

Each form carries a signed token with a random key: sending the same words again with it shows the same code again. Only the
form itself holds that key, so that a later look at the address never shows the code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.catalogue import Catalogue
from ingest.partner import Partner, PartnerStatus
from ingest.receive import Once, Sender
from ingest.schema import BODY_LIMIT
from ingest.web.body import media_type, read_body
from ingest.web.deps import IntakeDeps
from ingest.web.fields import HONEYPOT, Answers, read_answers, to_submission
from ingest.web.pages import Pages, in_minutes
from triage.domain.errors import FieldError, InvalidInput, TooMany, Unavailable

TOKEN_SECONDS = 24 * 3600
"""How long an open form can be sent; after that it is shown again with all answers, to be sent once more."""

QUICKEST_SECONDS = 2
"""A form sent faster than this was hardly filled in by a person: it counts five times towards the limit, and is still taken."""

_QUICK_COST = 5
_WORDS = {
    ("narrative", "empty"): "narrative_empty",
    ("narrative", "no_words"): "narrative_empty",
    ("narrative", "too_long"): "narrative_long",
    ("contact.phone", "no_way_back"): "contact_blank",
    ("contact.email", "not_an_email"): "email",
    ("", "send_again"): "send_again",
}


class Forms:
    """The form's pages."""

    def __init__(self, deps: IntakeDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages

    async def show(self, request: Request) -> Response:
        """``GET /r/<slug>``: the empty form."""
        partner = await self._partner(request)
        if partner.status is not PartnerStatus.ACTIVE:
            return self._pages.notice(request, "suspended", 403)
        return self._form(partner, self._pages.language(request, partner.languages), {})

    async def send(self, request: Request) -> Response:
        """``POST /r/<slug>/sent``: the receipt, or the form again with what must be mended and everything that was typed."""
        partner = await self._partner(request)
        if partner.status is not PartnerStatus.ACTIVE:
            return self._pages.notice(request, "suspended", 403)
        if media_type(request) != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        answers = read_answers(await read_body(request, BODY_LIMIT))
        language = self._pages.language(request, partner.languages, answers.get("lang", ""))
        try:
            return await self._accept(request, partner, language, answers)
        except InvalidInput as error:
            return self._form(partner, language, answers, 422, _said(error.errors, self._pages.words(language)))
        except TooMany as error:
            words = self._pages.words(language)("errors.too_many", minutes=in_minutes(error.retry_after))
            return self._form(partner, language, answers, 429, {"": words}, error.retry_after)
        except Unavailable:
            return self._form(partner, language, answers, 503, {"": self._pages.words(language)("errors.unavailable")}, 30)

    async def sent_before(self, request: Request) -> Response:
        """``GET /r/<slug>/sent``: a reload or bookmark of the receipt. The code is not shown again."""
        await self._partner(request)
        return self._pages.notice(request, "sent", 200)

    async def leave(self, _request: Request) -> Response:
        """``GET /r/exit``: forget what can be forgotten and go to a dull page."""
        headers = {"Location": self._deps.policy.exit_site, "Clear-Site-Data": '"cache", "cookies", "storage"'}
        return Response(status_code=303, headers=headers)

    async def _accept(self, request: Request, partner: Partner, language: str, answers: Answers) -> Response:
        key, age = self._opened(answers)
        address = self._deps.blinded(request.client.host if request.client else "")
        self._deps.limits.forms.spend(address, _QUICK_COST if age < QUICKEST_SECONDS else 1)
        submission = to_submission(answers, language)
        if not key or answers.get(HONEYPOT):
            raise InvalidInput([FieldError("", "send_again", "The form was open for too long. Send it again.")])
        # The words are part of the key: after going back and changing them, they are a new report and nothing is lost.
        once = Once(key, hashlib.sha256(submission.canonical()).hexdigest())
        receipt = await self._deps.receiver.receive(submission, Sender(partner.slug, "public"), once)
        danger, survivor = answers.get("life_threat") == "yes", answers.get("source_basis") == "happened_to_me"
        return self._pages.render("sent.html", language, code=receipt.code, danger=danger, survivor=survivor)

    async def _partner(self, request: Request) -> Partner:
        partner = await run_in_threadpool(self._deps.partners.get, request.path_params["slug"])
        if partner is None:
            raise HTTPException(404)
        return partner

    def _opened(self, answers: Answers) -> tuple[str, float]:
        """The key of the form that was sent, and how many seconds it was open; no key if its token does not hold."""
        value = self._deps.sealer.unsign(answers.get("token", ""), TOKEN_SECONDS) or ""
        purpose, _, rest = value.partition(":")
        key, _, opened_at = rest.partition(":")
        return (key, self._deps.clock.now().timestamp() - float(opened_at)) if purpose == "report" else ("", 0.0)

    def _form(
        self,
        partner: Partner,
        language: str,
        answers: Answers,
        status: int = 200,
        errors: dict[str, str] | None = None,
        retry_after: int = 0,
    ) -> Response:
        key, _ = self._opened(answers)
        token = answers["token"] if key else self._new_token()
        words = self._pages.words(language)
        return self._pages.render(
            "form.html",
            language,
            status,
            {"Retry-After": str(retry_after)} if retry_after else None,
            "" if answers else f"/r/{partner.slug}",
            partner=partner,
            hint=words.first(f"sector.{partner.sector}", "sector.public"),
            values=answers,
            errors=errors or {},
            answered={name for name, value in answers.items() if value} | set(errors or {}),
            token=token,
            honeypot=HONEYPOT,
        )

    def _new_token(self) -> str:
        return self._deps.sealer.sign(f"report:{self._deps.random(16).hex()}:{self._deps.clock.now().timestamp():.0f}")


def _said(errors: Sequence[FieldError], words: Catalogue) -> dict[str, str]:
    """What to say about each field, in the reader's language."""
    return {e.path: words.first(f"errors.{_WORDS.get((e.path, e.code), e.code)}", "errors.other") for e in errors}
