"""Pages about what waits: the banner and the alerts that stand, who is on call, the ageing report, and news of alerts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from tests.console import Console
from tests.world import a_viewer
from triage.domain.access import Role, User
from triage.domain.alert import Alert, AlertKind
from triage.domain.assessment import Urgency
from triage.escalation.escalating import Escalating
from triage.escalation.messages import Couriers
from triage.policy_files.escalation import FILE, load_escalation
from triage.web import console as pages
from triage.web.escalation.alert_news import AlertNews
from triage.web.gate import Gate
from triage.web.routes import console_routes
from triage.web.session import SESSION_COOKIE

ANA = a_viewer("trafficking", "violent")
PLAN = """
rotas:
  - desk: trafficking
    zone: America/Chicago
    week:
      - {days: [mon, tue], from: "08:00", to: "08:00", people: [ana, Zoe]}
chains:
  - levels: [P0]
    steps:
      - {after: at once, tell: [desk], by: [browser]}
      - {after: 3 hours, tell: ["desk:intake", "person:Zoe"], by: [email, pager, webhook]}
      - {after: 4 hours, reroute: intake}
"""


@pytest.fixture
def desk(console: Console) -> Console:
    """The console with a supervisor, Sue."""
    with console.world.storage.writing() as work:
        work.users.put(User("usr_sue", "sue", "Sue", Role.SUPERVISOR, frozenset({"trafficking"}), "", email="sue@desk.test"))
    return console


@pytest.fixture
def planned(desk: Console) -> Console:
    """The same with a rota and a chain."""
    plan = load_escalation({FILE: PLAN}, desk.world.policy.desks)
    desk.deps = replace(desk.deps, duty=plan)
    desk._app = Starlette(routes=console_routes(pages.Console(desk.deps)))
    return desk


def escalate(desk: Console) -> None:
    world = desk.world
    couriers = Couriers(world.storage, world.policy, world.clock, world.ids, {}, None, "")  # type: ignore[arg-type]
    plan = load_escalation({FILE: PLAN}, world.policy.desks)
    Escalating(world.storage, world.policy, plan, world.clock, world.ids, couriers).once()


def test_a_banner_on_every_page_names_what_waits_until_somebody_claims_it(desk: Console) -> None:
    tip = desk.world.arrive(urgency=Urgency.P0, narrative="He has a knife")
    escalate(desk)
    ana, bo = desk.browser("ana"), desk.browser("bo")
    for browser in (ana, bo):
        for path in ("/desk/alerts", "/desk/search", "/desk/keys"):
            page = browser.get(path).text
            banner = page[page.index('id="alarm"') :].partition("</div>")[0]
            assert f'<a href="/desk/tip/{tip}">P0 waits at Human trafficking task force</a>' in banner
            assert "knife" not in page
    ana.get("/desk/alerts")
    assert "1 waiting for somebody to act" in ana.page.text
    assert "Nothing new" in ana.page.text, "such an alert is not among those that can be marked as seen"
    ana.get(f"/desk/tip/{tip}")
    ana.submit(f"/desk/tip/{tip}/claim")
    for browser in (ana, bo):
        assert 'data-news="/desk/alerts/news"></div>' in browser.get("/desk/alerts").text
    assert "A tip waits" not in desk.browser("vic").get("/desk/alerts").text


def test_having_seen_that_a_tip_waits_is_not_enough(desk: Console) -> None:
    desk.world.arrive(urgency=Urgency.P0)
    escalate(desk)
    with desk.world.storage.writing() as work:
        (alert,) = work.alerts.of_user("usr_ana", 10)
        work.alerts.add([Alert("alr_x", "usr_ana", AlertKind.SAVED_SEARCH, desk.world.clock.now(), "case_1", "tip_1", "Vans", "ssr_1")])
    ana = desk.browser("ana")
    ana.get("/desk/alerts")
    ana.submit("/desk/alerts/seen", ids=f"alr_x,{alert.id}")
    with desk.world.storage.reading() as work:
        assert {one.id: one.seen_at is None for one in work.alerts.of_user("usr_ana", 10)} == {alert.id: True, "alr_x": False}


def test_the_page_of_who_is_on_call_says_now_next_gaps_and_who_is_told(planned: Console) -> None:
    page = planned.browser("ana").get("/desk/on-call").text  # Sunday, 6 o'clock in Chicago
    trafficking, violent = page.partition('id="desk-violent"')[::2]
    assert "Now: nobody; everybody at the desk is told" in trafficking
    assert "until Mon 2026-11-02 08:00 (America/Chicago)" in trafficking
    assert "<td>Mon 2026-11-02 08:00</td><td>Wed 2026-11-04 08:00</td><td>Ana, Zoe</td>" in trafficking
    assert "<strong>nobody</strong>" in trafficking
    assert "At once: everybody at the desk – in this console" in trafficking
    assert "After 3 h: everybody at Intake and watch floor who may read it, Zoe – by e-mail, by pager" in trafficking
    assert "it goes to Intake and watch floor, if nobody works on its case" in trafficking
    assert "This desk has no rota" in violent
    assert "Care referrals" not in page
    planned.world.clock.forward(days=1, hours=3)
    assert "Now: Ana, Zoe" in planned.browser("ana").get("/desk/on-call").text
    assert "You are told by e-mail too" in planned.browser("sue").get("/desk/on-call").text
    assert planned.browser("admin").get("/desk/on-call").status_code == 404
    assert planned.browser().get("/desk/on-call").headers["location"].startswith("/desk/sign-in")


def test_a_supervisor_sees_how_long_tips_waited_and_takes_the_file_along(desk: Console) -> None:
    world = desk.world
    kept, late = world.arrive(urgency=Urgency.P1, narrative="a white van"), world.arrive(urgency=Urgency.P1)
    world.clock.forward(minutes=20)
    world.casework.claim(ANA, kept, world.version(kept))
    world.clock.forward(minutes=25)
    world.casework.accept(ANA, late, world.version(late))
    assert desk.deps.chain is not None
    desk.deps.chain.seal(100)
    sue = desk.browser("sue")
    page = sue.get("/desk/ageing").text
    assert '<h2 id="sums">2 tips</h2>' in page
    assert '<th scope="row">All</th><td>2</td><td>1</td><td>1</td><td>50%</td><td>less than a minute</td><td>–</td><td>32 min</td>' in page
    assert f'<a href="/desk/tip/{late}">{late}</a></th><td>P1</td>' in page
    assert "<td>15 min</td>" in page
    assert "van" not in page
    address = page.partition('<a href="/desk/ageing.csv')[2].partition('"')[0].replace("&amp;", "&")
    file = sue.get(f"/desk/ageing.csv{address}")
    assert file.headers["content-type"].startswith("text/csv")
    assert file.text.count("\n") == 3
    assert kept in file.text
    assert "No tip came to this desk then." in sue.get("/desk/ageing?from=2026-01-01&to=2026-01-02").text


@pytest.mark.parametrize("period", ["from=soon", "from=2026-11-03&to=2026-11-01", "from=2020-01-01"])
def test_a_period_that_is_none_is_told(desk: Console, period: str) -> None:
    sue = desk.browser("sue")
    assert sue.get(f"/desk/ageing?desk=trafficking&{period}").status_code == 422
    assert 'id="problem"' in sue.page.text
    assert sue.get(f"/desk/ageing.csv?desk=trafficking&{period}").status_code == 422


@pytest.mark.parametrize("path", ["/desk/ageing", "/desk/ageing.csv?desk=trafficking", "/desk/ageing?desk=trafficking"])
def test_nobody_else_sees_the_report(desk: Console, path: str) -> None:
    for name in ("ana", "admin"):
        assert desk.browser(name).get(path).status_code == 404
    assert desk.browser("sue").get(path.replace("trafficking", "cargo")).status_code == (404 if "=" in path else 200)


def stream(desk: Console, name: str, meanwhile: Callable[[int], object]) -> list[dict[str, Any]]:
    """What the stream tells while ``meanwhile`` happens at each look."""
    looks = iter(range(1_000))

    class Ended(Exception):
        pass

    def wait(_: float) -> None:
        look = next(looks)
        if look == 4:
            raise Ended
        meanwhile(look)

    browser = desk.browser(name)
    app = pages.Console(desk.deps)
    news = AlertNews(Gate(app), app, wait)
    cookie = f"{SESSION_COOKIE}={browser._cookies[SESSION_COOKIE]}".encode()
    request = Request({"type": "http", "method": "GET", "path": "/desk/alerts/news", "headers": [(b"cookie", cookie)], "query_string": b""})

    async def run() -> list[str]:
        answer = await news.stream(request)
        assert answer.headers["content-type"].startswith("text/event-stream")
        found: list[str] = []
        try:
            async for part in answer.body_iterator:  # type: ignore[attr-defined]
                found.append(part)
        except Ended:
            pass
        return found

    return [json.loads(part.partition("data: ")[2]) for part in asyncio.run(run()) if part.startswith("event: alerts")]


def test_an_open_page_hears_of_a_tip_that_waits_and_of_its_being_claimed(desk: Console) -> None:
    world = desk.world

    def meanwhile(look: int) -> None:
        if look == 0:
            world.arrive(urgency=Urgency.P0, narrative="He has a knife")
            escalate(desk)
        if look == 2:
            tip = f"tip_{1:026d}"
            world.casework.claim(ANA, tip, world.version(tip))

    quiet, waits, claimed = stream(desk, "bo", meanwhile)
    assert quiet == claimed == {"unseen": 0, "count": 0, "waiting": []}
    ((waiting,), unseen) = waits["waiting"], waits["unseen"]
    assert (unseen, waits["count"]) == (1, 1)
    assert (waiting["words"], waiting["address"]) == ("P0 waits at Human trafficking task force", f"/desk/tip/tip_{1:026d}")
    assert "knife" not in json.dumps(waits)


def test_a_stream_ends_when_the_server_does(desk: Console) -> None:
    desk._app.state.closing = lambda: True
    for path in ("/desk/alerts/news", "/desk/queue/trafficking/news?since=2026-11-01T12:00:00%2B00:00"):
        assert (desk.browser("ana").get(path).status_code, desk.browser("ana").get(path).text) == (200, "")


def test_the_stream_is_for_people_with_a_session_and_tells_them_their_own_alone(desk: Console) -> None:
    desk.world.arrive(urgency=Urgency.P0)
    escalate(desk)
    assert desk.browser().get("/desk/alerts/news").status_code == 401
    assert stream(desk, "vic", lambda _: None) == [{"unseen": 0, "count": 0, "waiting": []}]


def test_the_example_plan_reaches_the_page(desk: Console) -> None:
    assert "After 2 min" in desk.browser("ana").get("/desk/on-call").text
