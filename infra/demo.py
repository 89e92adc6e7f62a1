"""The demo: an example tip line with people, keys and partners, to which sample tips of our corpus are sent at a human pace."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx

from infra.accounts import CLI, new_key, put_user, registry
from infra.app import Core
from triage.domain.access import Role

DEMO_USERS: tuple[tuple[str, str, Role, tuple[str, ...]], ...] = (
    ("ines", "Ines Okafor", Role.ANALYST, ("intake",)),
    ("ana", "Ana Whitfield", Role.ANALYST, ("trafficking", "child")),
    ("ben", "Ben Castellano", Role.ANALYST, ("cargo", "violent", "threat")),
    ("cora", "Cora Lindqvist", Role.ANALYST, ("care", "victim-services")),
    ("omar", "Omar Reyes", Role.ANALYST, ("oversight",)),
    ("dana", "Dana Petrov", Role.SUPERVISOR, ("trafficking", "cargo", "violent", "threat", "child", "care", "victim-services", "intake")),
    ("mia", "Mia Tanaka", Role.MAINTAINER, ()),
    ("abel", "Abel Novak", Role.ADMIN, ()),
)
"""Name, display name, role, desks. Only oversight people read what names an official or somebody's own staff."""

DEMO_STAFF: tuple[tuple[str, str, str, bool], ...] = (
    ("prairie-haul", "drew", "Drew Novotny", True),
    ("st-brendan", "nell", "Nell Abara", False),
)
"""Partner, name, display name, whether a manager: people who sign in to their partner's pages."""

SAMPLE_FORM_EVERY = 5
"""Every fifth sample tip goes through its partner's form, the others through the API."""

_DRAFT = re.compile(r'name="draft" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Demo:
    """What ``demo.json`` keeps: logins and keys, so that a second run goes on with them. ``sent`` counts sample tips so far."""

    users: tuple[Mapping[str, Any], ...]
    staff: tuple[Mapping[str, Any], ...]
    keys: Mapping[str, str]
    sent: int


def demo_file(data: Path) -> Path:
    """Where it is kept."""
    return data / "demo.json"


def load_or_make(core: Core, data: Path) -> Demo:
    """The demo's accounts and keys: those of the first run, or new ones."""
    path = demo_file(data)
    if path.exists():
        kept = json.loads(path.read_text("utf8"))
        return Demo(tuple(kept["users"]), tuple(kept.get("staff", ())), kept["keys"], kept["sent"])
    users = tuple(
        {"name": name, "password": put_user(core, name, role, desks, display_name=display), "role": str(role), "desks": list(desks)}
        for name, display, role, desks in DEMO_USERS
    )
    register = registry(core)
    staff = tuple(
        {"name": name, "password": register.add_staff(CLI, slug, name, display, manager).password, "partner": slug}
        for slug, name, display, manager in DEMO_STAFF
    )
    demo = Demo(users, staff, {partner.slug: new_key(core, partner.slug, "demo") for partner in core.partners.all()}, 0)
    save(demo, data, "")
    return demo


def save(demo: Demo, data: Path, url: str) -> None:
    """Write ``demo.json``, readable by its owner alone; the old file stays until the new one is whole."""
    path, fresh = demo_file(data), demo_file(data).with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf8") as file:
        json.dump({**ready_line(demo, data, url), "keys": demo.keys, "sent": demo.sent}, file, indent=1)
    fresh.replace(path)


def ready_line(demo: Demo, data: Path, url: str) -> dict[str, Any]:
    """What a script needs to know once the product answers."""
    forms = [f"/r/{slug}" for slug in sorted(demo.keys)]
    key, users, staff = demo.keys["prairie-haul"], list(demo.users), list(demo.staff)
    return {"url": url, "api_key": key, "users": users, "staff": staff, "forms": forms, "data": str(data)}


def sample_tips(skip: int, count: int) -> Iterator[Mapping[str, Any]]:
    """Hand-written tips of the corpus, taken in turn from each of its files so that every kind comes early."""
    corpus = sorted((p for p in (files("models") / "corpus").iterdir() if p.name.endswith(".jsonl")), key=lambda p: p.name)
    rows = [path.read_text("utf8").splitlines() for path in corpus]
    for number in range(skip, skip + count):
        lines = rows[number % len(rows)]
        yield json.loads(lines[(number // len(rows)) % len(lines)])


@contextmanager
def client(url: str) -> Iterator[httpx.Client]:
    """An HTTP client for the product alone: no proxy, no environment."""
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
        yield http


def wait_until_ready(http: httpx.Client, seconds: float, ended: Callable[[], bool]) -> None:
    """Return once the product answers. Raises ``TimeoutError`` after ``seconds`` or when it ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not ended():
        try:
            if http.get("/health/ready").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the product did not answer in time; demo.log in the data directory says why")


def send_samples(
    http: httpx.Client,
    demo: Demo,
    sectors: Mapping[str, str],
    tips: Sequence[Mapping[str, Any]],
    pause: Callable[[float], bool],
    advance: Callable[[int], None],
) -> int:
    """Send the tips, each from a partner of its sector; return how many were accepted. ``pause`` returns True to stop early."""
    by_sector = {sector: slug for slug, sector in sectors.items()}
    sent = 0
    for number, tip in enumerate(tips):
        slug = by_sector.get(tip["sector"], "public")
        if number % SAMPLE_FORM_EVERY == SAMPLE_FORM_EVERY - 1:
            _send_by_form(http, slug, tip)
        else:
            _send_by_api(http, demo.keys[slug], tip)
        sent += 1
        advance(1)
        if pause(0.5):
            break
    return sent


def _send_by_api(http: httpx.Client, key: str, tip: Mapping[str, Any]) -> None:
    body = {"narrative": tip["text"], "lang": tip["lang"], "channel": tip["channel"], "partner": {"reference": tip["id"]}}
    headers = {"authorization": f"Bearer {key}", "idempotency-key": f"demo-{tip['id']}"}
    http.post("/api/v1/tips", json=body, headers=headers).raise_for_status()


def _send_by_form(http: httpx.Client, slug: str, tip: Mapping[str, Any]) -> None:
    language = "es" if tip["lang"] == "es" else "en"
    page = http.get(f"/r/{slug}", params={"all": "1", "lang": language})
    page.raise_for_status()
    draft = _DRAFT.search(page.text)
    if draft is None:
        raise ValueError("the form has no draft; its page and the demo do not fit together")
    http.post(f"/r/{slug}/sent", data={"narrative": tip["text"], "draft": draft[1], "lang": language}).raise_for_status()
