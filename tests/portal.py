"""The portal on a real store, with one partner's person signed in: for tests of every kind."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
from starlette.applications import Starlette

from infra.security import Argon2Passwords
from ingest.domain.partner import Staff
from ingest.web.portal.routes import portal_routes
from tests.intake import Intake

PASSWORD = "open sesame"
PASSWORD_HASH = Argon2Passwords().hash(PASSWORD)
"""Made once: hashing is slow on purpose."""

DRIVER = Staff("stf_dee", "prairie-haul", "dee", "Dee", PASSWORD_HASH)
MANAGER = Staff("stf_max", "prairie-haul", "max", "Max", PASSWORD_HASH, manager=True)
NURSE = Staff("stf_ola", "oak-school", "ola", "Ola", PASSWORD_HASH, manager=True)


class Window:
    """A browser window without JavaScript: keeps cookies, follows nothing, sends the token of the page that it looked at last."""

    def __init__(self, intake: Intake, app: Starlette | None = None) -> None:
        self.app = app or Starlette(routes=portal_routes(intake.deps))
        self.cookies = httpx.Cookies()
        self.token = ""

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self._request("GET", path, **given)

    def post(self, path: str, form: dict[str, str] | None = None, **given: Any) -> httpx.Response:
        """Send a form with the token; ``form`` may bring another one."""
        return self._request("POST", path, data={"token": self.token, **(form or {})}, **given)

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        self.get("/p/sign-in")
        return self.post("/p/sign-in", {"name": name, "password": password, **more})

    def _request(self, method: str, path: str, **given: Any) -> httpx.Response:
        answer = asyncio.run(self._ask(method, path, **given))
        found = re.search(r'name="token" value="([^"]+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    async def _ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tips.test", cookies=self.cookies) as client:
            answer = await client.request(method, path, **given)
            self.cookies = httpx.Cookies(client.cookies)
            return answer


def employ(intake: Intake, *people: Staff) -> None:
    """Give them accounts."""
    with intake.deps.partner_side.writing() as work:
        for person in people or (DRIVER, MANAGER, NURSE):
            work.staff.put(person)


def signed_in(intake: Intake, person: Staff = DRIVER) -> Window:
    """A window in which this person is signed in."""
    window = Window(intake)
    assert window.sign_in(person.name).status_code == 303
    window.get("/p/reports")
    return window
