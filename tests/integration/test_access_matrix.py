"""Every address of the product, asked for by everybody, about every kind of record: what the rules say, and a refusal leaves no trace.

What to expect is reckoned from the domain in ``tests/access_rules.py``; which rule an address has stands in ``tests/access_table.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.routing import Mount, Route

from tests.access_rules import Answer, Person, Record, everybody, has_desk, in_console, reads, signed_in
from tests.access_table import ACTS, TABLE, Line
from tests.access_world import Records, people
from tests.contract.samples import an_audit_row
from tests.desk import Desk, open_desk
from triage.domain.case import ActKind
from triage.web.session import form_token

IDS = {"/api/v1/tips": "tip", "/api/v1/reports": "report", "/api/v1/webhooks": "webhook"}
"""What ``{id}`` means, by the address that it stands in."""
FEW = 4
"""Of the people who are all outside in the same way, so many are asked for in each request; in turn everybody is."""
OF_RECORDS = {"tip", "case", "desk", "picture", "share", "one", "hand_off"}
"""Names in addresses that differ from record to record."""


@pytest.fixture(scope="module")
def desk(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("desk"), migrated) as opened:
        yield opened


def addresses(routes: Any, before: str = "") -> Iterator[str]:
    """Every method and path that the application answers."""
    for route in routes:
        if isinstance(route, Mount):
            yield from addresses(route.routes, before + route.path)
        elif isinstance(route, Route):
            yield from (f"{method} {before}{route.path}" for method in sorted((route.methods or set()) - {"HEAD"}))


def test_every_address_says_who_may_use_it(desk: Desk) -> None:
    found = set(addresses(desk.app.routes))
    assert sorted(found - set(TABLE)) == [], "declare them in tests/access_table.py"
    assert sorted(set(TABLE) - found) == [], "these are gone; take them out of tests/access_table.py"
    assert set(ACTS) == set(ActKind) - {ActKind.UNDO, ActKind.PROPOSE}  # undoing has its own address, and a proposal comes of declining


class Said:
    """What the application answered."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, dict[str, str](), b""

    @property
    def answer(self) -> Answer:
        """How it is to be taken."""
        going_to = self.headers.get("location", "")
        if self.status == 303 and re.match(r"/(desk|p)/sign-in", going_to):
            return Answer.SIGN_IN
        return {401: Answer.NO_KEY, 403: Answer.NOT_ALLOWED, 404: Answer.NOT_FOUND}.get(self.status, Answer.ALLOWED)


class _Enough(Exception):
    """The answer has begun, and would not end."""


async def ask(app: Any, person: Person, method: str, path: str, query: str, form: Mapping[str, str], streams: bool) -> Said:
    """One request, straight into the application."""
    said = Said()
    secret = {"token": form_token(person.token)} if person.token else {}
    of_machine = path.startswith("/api/")
    body = b"" if method in ("GET", "DELETE") else json.dumps(form).encode() if of_machine else urlencode({**form, **secret}).encode()
    kind = "image/png" if method == "PUT" else "application/json" if of_machine else "application/x-www-form-urlencoded"
    headers = {"host": "tips.test", "content-type": kind, **person.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 1),
        "server": ("tips.test", 443),
        "root_path": "",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            said.status = message["status"]
            said.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            if streams and said.status == 200:
                raise _Enough
        else:
            said.body += message.get("body", b"")

    with contextlib.suppress(_Enough):
        try:
            await app(scope, receive, send)
        except Exception:
            if said.status != 500:  # as the product's server does, which has answered by then
                raise
    return said


def cases(address: str, line: Line, records: list[Record]) -> Iterator[tuple[str, str, str, Record, Mapping[str, str]]]:
    """The requests of a line: method, path, query, the record that they are about, what is sent. A line about no record has one request."""
    method, path = address.split(" ")
    names = set(re.findall(r"{(\w+)}", path))
    id_of = next((IDS[start] for start in IDS if path.startswith(start)), "")
    told = [line.query, *line.form, *line.form.values()]
    about = records if OF_RECORDS & {*names, id_of} or any("{" in text for text in told) else records[:1]
    for record in about:
        given = {**record.names, "id": record.names.get(id_of, "")}
        further = [(name, value, fields) for name, values in line.fill.items() for value, fields in values.items()]
        for name, value, fields in further or [("", "", {})]:
            form = {field.format(**given): text.format(**given) for field, text in {**line.form, **fields}.items()}
            yield method, path.format(**{**dict.fromkeys(names, "none"), **given, name: value}), line.query.format(**given), record, form


def matters(person: Person, path: str) -> bool:
    """Whether this person is asked for: of those who have no business on that side of the product, one of each kind is enough."""
    if path.startswith("/desk"):
        return person.user is not None or person.name in ("nobody", "max of prairie-haul", "program of prairie-haul with 4 scopes")
    return person.user is None or person.name in ("admin", "supervisor-intake")


def knows(person: Person, record: Record) -> bool:
    """Whether what stands in the tip may be shown to the person: its readers, and the partner that sent it."""
    return person.partner == record.tip.partner or (person.viewer is not None and reads(person.viewer, record) is Answer.ALLOWED)


def kept_from(person: Person, records: list[Record]) -> list[bytes]:
    """The words that no answer to this person may hold, whatever it is about."""
    return [record.secret.encode() for record in records if not knows(person, record)]


def some_of(asking: list[tuple[Person, Answer]], turn: int) -> list[tuple[Person, Answer]]:
    """Everybody who may or who knows of it, and of those for whom it does not exist a few: others from request to request."""
    outside = [one for one in asking if one[1] is Answer.NOT_FOUND]
    few = [outside[(turn + step) % len(outside)] for step in range(min(FEW, len(outside)))]
    return [one for one in asking if one[1] is not Answer.NOT_FOUND or one in few]


async def tried(desk: Desk, app: Any, wanted: Mapping[str, Line], records: list[Record]) -> tuple[int, list[str]]:
    """How many requests were made, and what went otherwise than the rules say."""
    wrong: list[str] = []
    made, who = 0, people(desk)
    with desk.core.database.engine.connect() as watching:
        for address, line in wanted.items():
            for method, path, query, record, form in cases(address, line, records):
                asking = [(person, line.rule(person, record)) for person in who if matters(person, path)]
                for person, expected in some_of(asking, made):
                    before = _state(watching)
                    sent = {**form, **line.harmless} if expected is Answer.ALLOWED else form
                    said = await ask(app, person, method, path, query, sent, line.streams)
                    made += 1
                    seen = said.answer
                    where = f"{method} {path} ({record.name}) by {person.name}"
                    if said.status >= 500 or (seen is not expected and line.rule is not everybody):
                        wrong.append(f"{where}: {seen} ({said.status}) instead of {expected}")
                    if any(secret in said.body for secret in kept_from(person, records)) and not line.shows:
                        wrong.append(f"{where}: it shows what the person may not read")
                    if expected is Answer.ALLOWED or (knows(person, record) and method == "GET"):
                        continue  # whoever may read the record has looked at it, which is written down
                    if _state(watching) != before:
                        wrong.append(f"{where}: the refusal changed something")
    return made, wrong


def _state(connection: Any) -> int:
    """A number that is another one as soon as anybody has written anything."""
    state: int = connection.exec_driver_sql("PRAGMA data_version").scalar()
    connection.rollback()
    return state


@pytest.fixture(scope="module")
def records(desk: Desk) -> list[Record]:
    people(desk)  # whose partners the records come from
    return Records(desk).all()


def test_there_is_something_to_be_kept_from_others(desk: Desk, records: list[Record]) -> None:
    own, analyst = records[0], next(person for person in people(desk) if person.name == "analyst-trafficking")
    for path, query in ((f"/desk/queue/{own.case.desk}", ""), ("/desk/search", "q=behind"), (f"/desk/case/{own.case.id}", "tab=tips")):
        said = asyncio.run(ask(desk.app, analyst, "GET", path, query, {}, streams=False))
        assert own.secret.encode() in said.body, path


def test_the_rules_hold_at_every_address(desk: Desk, records: list[Record]) -> None:
    made, wrong = asyncio.run(tried(desk, desk.app, TABLE, records))
    assert not wrong, "\n".join(wrong)
    assert made > 4_000


def test_the_matrix_notices_a_wrong_rule(desk: Desk, records: list[Record]) -> None:
    tip = "GET /desk/tip/{tip}"
    for rule in (signed_in(), in_console(has_desk), in_console(lambda _viewer, _record: Answer.NOT_ALLOWED)):
        _, wrong = asyncio.run(tried(desk, desk.app, {tip: replace(TABLE[tip], rule=rule)}, records))
        assert any("instead of" in one for one in wrong)


def test_the_matrix_notices_what_a_refusal_tells_or_changes(desk: Desk, records: list[Record]) -> None:
    async def leaky(scope: Any, _receive: Any, send: Any) -> None:
        with desk.core.storage.writing() as work:
            work.audit.append([an_audit_row(f"aud_leak_{next(numbers)}")])
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": records[0].secret.encode()})

    numbers = count()
    line = Line(in_console(lambda _viewer, _record: Answer.NOT_FOUND, Answer.NOT_FOUND))
    _, wrong = asyncio.run(tried(desk, leaky, {"GET /desk/tip/{tip}": line}, records[:1]))
    shows, changes = (sum(text in one for one in wrong) for text in ("may not read", "changed something"))
    assert shows == changes > 0
