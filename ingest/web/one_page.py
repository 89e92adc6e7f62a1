"""The dense form: every question on one page, for people who report often."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from ingest.domain.partner import Partner
from ingest.registry.agreement import may_send
from ingest.web.fields import Answers
from ingest.web.pages import Pages
from ingest.web.sending import DRAFT, Sending
from ingest.web.steps import BY_NAME, STEPS, Step

_ALONE = frozenset({"danger", "help", "what", "wishes", "check"})
"""Steps that stand on top of the page, or only make sense as pages."""


class OnePage:
    """Makes the form as a piece of HTML, for any page: the public one, and the one of a partner's signed-in staff.

    For a page of one's own: put ``html`` into it; link ``/r/static/form.css`` (classes ``field``, ``tiles``, ``hint``, ``part`` ...), or
    style these classes; link ``/r/static/form.js`` for sending on a bad line. When it comes back, hand the answers of
    ``ingest.web.fields.read_answers`` to ``Sending.send`` with your own ``actor`` and ``limited_by``; on ``InvalidInput`` show ``html``
    again with the same answers and ``ingest.web.sending.said(error.errors, words)``. Its own token is the field ``draft``.
    """

    def __init__(self, pages: Pages, sending: Sending) -> None:
        self._pages = pages
        self._sending = sending

    def token(self, answers: Answers) -> str:
        """The token that came back, while it holds; else a new one."""
        secret, _ = self._sending.opened(answers)
        return answers[DRAFT] if secret else self._sending.new_form()

    def html(
        self,
        partner: Partner,
        language: str,
        action: str,
        answers: Answers,
        errors: Mapping[str, str] | None = None,
        hidden: Mapping[str, str] | None = None,
    ) -> Markup:
        """The form of this partner, posting to ``action``.

        ``answers`` are filled in: what came back, or what is known before, for example ``{"partner.role": "dispatcher"}``; a token that
        came back in them is kept while it holds. ``errors`` are words by field name. ``hidden`` are fields of the page's own, such as
        its form token. Questions outside of the partner's agreement are not asked.
        """
        words, wrong = self._pages.words(language), errors or {}
        asked = [step for step in STEPS if step.name not in _ALONE and any(may_send(partner, field) for field in step.covers)]
        return self._pages.fragment(
            "one_page.html",
            language,
            partner=partner,
            action=action,
            draft=self.token(answers),
            hidden=hidden or {},
            hint=self._pages.hint(partner, language),
            sections={step.name: words(step.title) for step in asked},
            fields={step.name: _fields(step) for step in asked},
            values=answers,
            errors=wrong,
            answered={name for name, value in answers.items() if value} | set(wrong),
        )


def _fields(step: Step) -> tuple[str, ...]:
    """What a section asks; who may see the name stands with the contact details."""
    return (*step.fields, *BY_NAME["consent"].fields) if step.name == "contact" else step.fields
