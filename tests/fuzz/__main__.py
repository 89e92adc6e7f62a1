"""Sends many thousands of bodies that no honest sender would send: ``python -m tests.fuzz 100000``.

Every answer must be one of ours, below 500. Prints what was answered how often, and for each kind of failure the number that makes its
request again: ``python -m tests.fuzz 1 NUMBER``.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy import Engine, event
from starlette.applications import Starlette

from infra.storage.migrate import upgrade
from ingest.throttle import Throttle
from ingest.web.deps import Limits
from ingest.web.portal.routes import portal_routes
from ingest.web.routes import intake_routes
from tests.builders import example_policy
from tests.fuzz.bodies import MESSAGE, RETRACTION, TIP, WEBHOOK, form_body, json_body
from tests.intake import TRUCKING, Intake, open_intake


@dataclass(frozen=True)
class Target:
    """Where a body goes: by this method, with these media types, from this maker."""

    method: str
    path: str
    make: Callable[[int], bytes]
    media: tuple[str, ...]


_JSON = ("application/json",) * 12 + ("application/x-ndjson", "application/merge-patch+json", "text/plain", "")
_FORM = ("application/x-www-form-urlencoded",) * 12 + ("multipart/form-data; boundary=x", "text/plain")
TARGETS = (
    *[Target("POST", "/api/v1/tips", partial(json_body, base=TIP), _JSON)] * 6,
    *[Target("POST", "/api/v1/tips/batch", partial(json_body, base=TIP, many=True), _JSON)] * 2,
    Target("POST", "/api/v1/reports", partial(json_body, base=TIP), _JSON),
    Target("PATCH", "/api/v1/reports/{report}", partial(json_body, base=TIP), _JSON),
    Target("POST", "/api/v1/tips/{tip}/messages", partial(json_body, base=MESSAGE), _JSON),
    Target("POST", "/api/v1/tips/{tip}/retract", partial(json_body, base=RETRACTION), _JSON),
    Target("POST", "/api/v1/webhooks", partial(json_body, base=WEBHOOK), _JSON),
    *[Target("POST", "/r/prairie-haul", form_body, _FORM)] * 5,
    Target("POST", "/r/prairie-haul?all=1", form_body, _FORM),
    Target("POST", "/r/prairie-haul/sent", form_body, _FORM),
    Target("POST", "/r/code", form_body, _FORM),
    Target("POST", "/r/code/add", form_body, _FORM),
    Target("POST", "/r/photo/add", form_body, _FORM),
    Target("POST", "/p/sign-in", form_body, _FORM),
)


def main(count: int, first: int) -> int:
    """Send that many, numbered from ``first``; 1 if one was answered by a failure of ours."""
    event.listen(Engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    with tempfile.TemporaryDirectory() as folder:
        upgrade(f"sqlite:///{folder}/tipstream.db")
        with open_intake(Path(folder), example_policy()) as intake:
            intake.deps.partners.put(replace(TRUCKING, photos=True))
            return asyncio.run(_run(intake, count, first))


async def _run(intake: Intake, count: int, first: int) -> int:
    deps = replace(intake.deps, tips_a_day=10**9, limits=_endless(intake))
    app = Starlette(routes=[*intake_routes(deps), *portal_routes(deps)])
    found: Counter[tuple[str, str]] = Counter()
    failures: dict[tuple[str, str], int] = {}
    started = time.monotonic()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tips.test") as client:
        headers = intake.bearer()
        tip = (await client.post("/api/v1/tips", json={"narrative": "A van."}, headers=headers)).json()["id"]
        report = (await client.post("/api/v1/reports", headers=headers)).json()["id"]
        for number in range(first, first + count):
            target, sent_headers = _chosen(number, headers)
            path = target.path.format(tip=tip, report=report)
            try:
                answer = await client.request(target.method, path, content=target.make(number), headers=sent_headers)
                told = str(answer.status_code)
            except Exception as error:
                told = type(error).__name__
            found[f"{target.method} {target.path}", told] += 1
            if not "200" <= told < "500":
                failures.setdefault((target.path, told), number)
    seconds = time.monotonic() - started
    for (what, status), times in sorted(found.items()):
        sys.stdout.write(f"{times:7,}  {status}  {what}\n")
    sys.stdout.write(f"{sum(found.values()):7,}  in {seconds:,.0f} s; kinds of failures of ours: {len(failures)}\n")
    for (what, told), number in failures.items():
        sys.stdout.write(f"{what}: {told}. Again: python -m tests.fuzz 1 {number}\n")
    return 1 if failures else 0


def _chosen(number: int, headers: Mapping[str, str]) -> tuple[Target, dict[str, str]]:
    chance = random.Random(~number)
    target = chance.choice(TARGETS)
    media = chance.choice(target.media)
    given = dict(headers) | ({"Content-Type": media} if media else {})
    return target, given | ({"Idempotency-Key": str(chance.randrange(1_000))} if chance.random() < 0.2 else {})


def _endless(intake: Intake) -> Limits:
    """Limits that are never reached."""
    names = Limits.__dataclass_fields__
    return Limits(**{name: Throttle(10**9, timedelta(days=1), intake.clock) for name in names})


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(given[0] if given else 10_000, given[1] if len(given) > 1 else 0))
