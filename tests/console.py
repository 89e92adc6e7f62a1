"""The console over a world of its own, and the browsers of its people, which know no scripts: for tests of its pages."""

from __future__ import annotations

import asyncio
import hashlib
import html
import re
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette

from infra.crypto import HmacBlinder, KeyRing
from infra.report_files import DrawnReports
from infra.search.matcher_embedded import EmbeddedSearchMatcher
from infra.search.tantivy_index import TantivyCaseIndex
from infra.security import Argon2Passwords
from infra.storage.audit_chain import SqlAuditChain
from infra.storage.database import Database
from infra.table_files import DrawnTables
from tests.builders import example_files, taxonomy
from tests.world import World
from triage.document_builder import case_document
from triage.domain.access import Role, User
from triage.domain.document import CaseDocument
from triage.policy_files.agencies import load_agencies
from triage.policy_files.care import load_care
from triage.policy_files.case_templates import load_case_templates
from triage.policy_files.escalation import load_escalation
from triage.policy_files.replies import load_replies
from triage.ports import Translator
from triage.search.saved import tell
from triage.sign_in import IDLE
from triage.web import console as pages
from triage.web.care import override_pages
from triage.web.care import pages as care_pages
from triage.web.deps import ConsoleDeps
from triage.web.routes import console_routes
from triage.web.session import SESSION_COOKIE

PASSWORD = "open sesame"
PEOPLE = {"ana": ("trafficking", "violent"), "bo": ("trafficking",), "vic": ("victim-services",), "admin": ()}


class Browser:
    """Follows links and fills in the forms that the pages hold; keeps cookies."""

    def __init__(self, app: Starlette, session: str = "") -> None:
        self._app = app
        self._cookies = httpx.Cookies({SESSION_COOKIE: session} if session else None)
        self.page: httpx.Response = httpx.Response(204)

    def get(self, path: str) -> httpx.Response:
        return self._send("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, content=urlencode(fields), headers=kind)

    def submit(self, action: str, **fields: str) -> httpx.Response:
        """Send the form of the page in hand with this action, its hidden fields as they are."""
        found = re.search(rf'<form [^>]*action="{re.escape(action)}".*?</form>', self.page.text, re.S)
        assert found, f"the page has no form for {action}"
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found.group())
        return self.post(action, {**{name: html.unescape(value) for name, value in hidden}, **fields})

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        self.get("/desk/sign-in")
        return self.submit("/desk/sign-in", name=name, password=password)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="https://desk.test", cookies=self._cookies) as client:
                answer = await client.request(method, path, **options)
                self._cookies = client.cookies
                return answer

        self.page = asyncio.run(send())
        return self.page


class Console:
    """A world with people, an index and the console's pages."""

    def __init__(self, database: Database, index: TantivyCaseIndex, password_hash: str, translator: Translator | None = None) -> None:
        self.world = World(database)
        self.index = index
        with self.world.storage.writing() as work:
            for name, desks in PEOPLE.items():
                role = Role.ADMIN if name == "admin" else Role.ANALYST
                work.users.put(User(f"usr_{name}", name, name.capitalize(), role, frozenset(desks), password_hash))
        tokens = iter(f"{number:064x}" for number in range(1000))
        deps = ConsoleDeps(
            storage=self.world.storage,
            index=index,
            matcher=EmbeddedSearchMatcher(self.world.storage, self.world.clock),
            policy=self.world.policy,
            taxonomy=taxonomy(),
            passwords=Argon2Passwords(),
            tables=DrawnTables(),
            clock=self.world.clock,
            ids=self.world.ids,
            partner_titles=lambda: {"prairie-haul": "Prairie Haul <Trucking>"},
            random_token=lambda: next(tokens),
            secure_cookies=True,
            vault=self.world.vault,
            blinder=HmacBlinder(KeyRing(b"c" * 32, b"r" * 32, b"s" * 32)),
            replies=load_replies(example_files()),
            duty=load_escalation(example_files(), self.world.policy.desks),
            chain=SqlAuditChain(database),
            translator=translator,
            areas=(care_pages.AREA, override_pages.AREA),
            care=load_care(example_files(), self.world.policy, taxonomy()),
            agencies=load_agencies(example_files(), self.world.policy),
            case_templates=load_case_templates(example_files(), taxonomy().categories),
            reports=DrawnReports(),
        )
        self.deps = deps
        self._tokens = deps.random_token
        self._app = Starlette(routes=console_routes(pages.Console(deps)))

    def browser(self, name: str = "") -> Browser:
        """A browser; with a name, one in which that person has signed in already (checking passwords is slow on purpose)."""
        if not name:
            return Browser(self._app)
        token, now = f"{int(self.world.clock.now().timestamp())}.{self._tokens()}", self.world.clock.now()
        with self.world.storage.writing() as work:
            work.users.start_session(hashlib.sha256(token.encode()).hexdigest(), f"usr_{name}", now + IDLE)
        return Browser(self._app, token)

    def documents(self) -> list[CaseDocument]:
        with self.world.storage.reading() as work:
            cases = work.cases.get_many(work.cases.ids("", 100)).values()
            return [case_document(c, work.tips.get_many(c.tips), work.assessments.get_many(c.tips), {}) for c in cases]

    def index_all(self) -> None:
        self.index.put(self.documents())

    def tell_all(self) -> None:
        tell(self.world.storage, self.deps.matcher, self.world.clock, self.world.ids, self.documents())
