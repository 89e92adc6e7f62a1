"""Handing in a report that was written in a form: the question pages, the one page, or the page of a partner's staff.

Every form carries a signed token with a secret of its own, in the hidden field ``draft``. Sending the same words again with it gives the
same code again; only the page holds the secret, so that a later look at the address never shows the code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from starlette.responses import Response

from ingest.catalogue import Catalogue
from ingest.domain.partner import Partner
from ingest.drafting import Kept
from ingest.quality import missing
from ingest.receive import Once, Receipt, Reserved, Sender
from ingest.registry.agreement import AGREEABLE, may_send
from ingest.submission import Submission
from ingest.web.deps import IntakeDeps
from ingest.web.fields import HONEYPOT, Answers, to_submission
from ingest.web.pages import Pages
from ingest.web.visits import visit_token
from triage.domain.errors import FieldError, InvalidInput

DRAFT = "draft"
"""The hidden field that holds the form's token."""

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


@dataclass(frozen=True, slots=True)
class Sent:
    """What was handed in, and its receipt."""

    receipt: Receipt
    submission: Submission


class Sending:
    """Makes tokens for forms, hands their answers in and shows the receipt."""

    def __init__(self, deps: IntakeDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages

    def new_form(self, secret: str = "") -> str:
        """The token of a form that is opened now: with a secret of its own, or with the one of a draft that it goes on with."""
        secret = secret or self._deps.random(16).hex()
        return self._deps.sealer.sign(f"report:{secret}:{self._deps.clock.now().timestamp():.0f}")

    def opened(self, answers: Answers) -> tuple[str, float]:
        """The secret of the form that was sent, and how many seconds it was open; no secret if its token is too old or not ours."""
        value = self._deps.sealer.unsign(answers.get(DRAFT, ""), TOKEN_SECONDS) or ""
        purpose, _, rest = value.partition(":")
        secret, _, opened_at = rest.partition(":")
        return (secret, self._deps.clock.now().timestamp() - float(opened_at)) if purpose == "report" else ("", 0.0)

    async def send(
        self, partner: Partner, language: str, answers: Answers, limited_by: str, actor: str = "public", kept: Kept | None = None
    ) -> Sent:
        """Hand the answers in for this partner; what its agreement does not cover is left out.

        ``limited_by`` is whose limit it counts towards: a blinded address, or an account. ``actor`` is for the audit log. ``kept`` is the
        draft that they come from; a code that was promised for it is the receipt. Raises ``InvalidInput`` with the form's field names,
        ``TooMany``, ``Unavailable``, and ``Conflict`` if that code has become another report.
        """
        secret, age = self.opened(answers)
        self._deps.limits.forms.spend(limited_by, _QUICK_COST if age < QUICKEST_SECONDS else 1)
        submission = _within_agreement(partner, to_submission(answers, language))
        if not secret or answers.get(HONEYPOT):
            raise InvalidInput([FieldError("", "send_again", "The form was open for too long. Send it again.")])
        reserved = kept.reserved if kept else Reserved()
        sender = Sender(partner.slug, actor, source=limited_by)
        receipt = await self._deps.receiver.receive(submission, sender, _once(secret, submission, reserved), reserved)
        return Sent(receipt, submission)

    def page(self, partner: Partner, language: str, sent: Sent, answers: Answers) -> Response:
        """The page that shows the code, once. Who said that they called 911 is not told to call again."""
        return self._pages.render(
            "sent.html",
            language,
            partner=partner,
            code=sent.receipt.code,
            danger=answers.get("life_threat") == "yes" and "called" not in answers,
            survivor=answers.get("source_basis") == "happened_to_me",
            advice=advice(partner, sent.submission, self._pages.words(language)),
            draft=answers[DRAFT],
            visit=visit_token(self._deps, sent.receipt.id),
        )


def advice(partner: Partner, submission: Submission, words: Catalogue) -> list[str]:
    """What would help most, in the reader's language; at most three short sentences."""
    return [words(f"quality.{one}") for one in missing(submission, partner.sector, partner.agreed_fields)]


def said(errors: Sequence[FieldError], words: Catalogue) -> dict[str, str]:
    """What to say about each field, in the reader's language."""
    return {e.path: words.first(f"errors.{_WORDS.get((e.path, e.code), e.code)}", "errors.other") for e in errors}


def _once(secret: str, submission: Submission, reserved: Reserved) -> Once:
    """A code that was given before sending stands for one report. Else the words are part of the key: after going back and changing them,
    they are a new report and nothing is lost.
    """
    if reserved.code:
        return Once(reserved.code, "saved")
    return Once(secret, hashlib.sha256(submission.canonical()).hexdigest())


def _within_agreement(partner: Partner, submission: Submission) -> Submission:
    if not partner.agreed_fields:
        return submission
    return msgspec.structs.replace(submission, **{name: None for name in AGREEABLE if not may_send(partner, name)})
