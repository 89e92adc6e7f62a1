"""Who is signed in to the portal, and the cookies and addresses that this needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.responses import Response

from ingest.domain.partner import Partner, Staff
from ingest.portal.staff_sign_in import StaffSession

SESSION_COOKIE = "portal_session"
ENTRY_COOKIE = "portal_entry"
"""Holds the form token of the sign-in page, where there is no session to derive one from."""
LANGUAGE_COOKIE = "portal_language"
"""The language that somebody chose; no secret."""

FRONT = "/p/reports"

_OWN_ADDRESS = re.compile(r"/p/[A-Za-z0-9_\-./~%?&=+:,]{0,500}")


@dataclass(frozen=True, slots=True)
class Colleague:
    """A signed-in person of a partner, in the language of their pages. Everything that a page shows is of ``partner``."""

    session: StaffSession
    partner: Partner
    language: str

    @property
    def staff(self) -> Staff:
        """The account."""
        return self.session.user

    @property
    def actor(self) -> str:
        """How the audit log names the person."""
        return f"staff:{self.staff.id}"


def keep_cookie(response: Response, name: str, value: str, secure: bool) -> None:
    """Hand a value to the browser: for the portal only, out of reach of scripts, and never sent on the way from another site."""
    response.set_cookie(name, value, path="/p", secure=secure, httponly=True, samesite="strict")


def drop_cookie(response: Response, name: str, secure: bool) -> None:
    """Have the browser forget it."""
    response.delete_cookie(name, path="/p", secure=secure, httponly=True, samesite="strict")


def own_address(wanted: str) -> str:
    """An address of the portal to go on to, or its front page: a link from elsewhere must not lead away after signing in."""
    return wanted if _OWN_ADDRESS.fullmatch(wanted) else FRONT
