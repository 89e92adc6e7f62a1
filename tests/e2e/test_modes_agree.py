"""The embedded product and the one on real engines make the same of the same tips: cases, queues, notices, events, audit, answers.

Everything is compared by the references that the senders gave their tips. Left out is what cannot be the same: ids and codes, times, and
in which order tips were decided that nothing ties together.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.app import Core, open_core
from infra.demo import demo_file, sample_tips
from infra.settings import read_settings
from infra.worker_app import load_assessor
from models.ports import TipText
from tests.e2e.cluster import cluster
from tests.e2e.product import Product, until
from triage.domain.access import Role, Viewer
from triage.domain.assessment import Assessment
from triage.domain.case import Case, QueueEntry
from triage.domain.decision import DecisionRecord
from triage.domain.events import EventType
from triage.domain.policy import Policy
from triage.domain.query import Everything
from triage.domain.tip import Channel, Tip
from triage.linking import SIMILAR_AT, link_keys
from triage.ports import UnitOfWork

CORPUS = 276
VEHICLES = 8
"""Each is seen in three tips; the last of them also names the vehicle before, so that groups of tips touch."""

EVERY = 30
"""Of so many tips one sender comes back with the code; each such visit takes a fixed third of a second."""

ALL = 1_000_000

Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """A tip as its partner sends it: the partner's sector, and the body, whose reference is its name in every comparison."""

    sector: str
    body: Words

    @property
    def name(self) -> str:
        """The partner's reference."""
        return str(self.body["partner"]["reference"])


@dataclass(frozen=True, slots=True)
class Made:
    """All that a product made of the tips."""

    answers: Mapping[str, Words]
    decisions: dict[str, Words]
    cases: dict[str, Words]
    queues: dict[str, list[str]]
    notices: dict[str, list[tuple[str, str, str]]]
    events: Counter[tuple[str, ...]]
    audit: dict[str, list[Words]]
    found: Words


@pytest.mark.slow
def test_modes_agree(tmp_path: Path) -> None:
    quick: dict[str, Any] = {"TIPSTREAM_SECOND_READER": "0", "TIPSTREAM_LOG_LEVEL": "warning"}
    with Product(tmp_path / "data", **quick) as product:
        keys = json.loads(demo_file(product.data).read_text("utf8"))["keys"]
        with open_core(read_settings({}, data=product.data)) as core:
            waves = in_waves(the_tips(), core)
            embedded = _run(core, product.http, keys, waves, product.command)
    with cluster(**quick) as running, running.core() as core:
        distributed = _run(core, running.http, running.demo.keys, waves, running.command)
    for part in Made.__slots__:
        assert getattr(distributed, part) == getattr(embedded, part), part
    joined = [case for case in embedded.cases.values() if len(case["tips"]) > 1]
    assert len(embedded.decisions) == CORPUS + 3 * VEHICLES
    assert len(waves) > 2
    assert len(joined) > VEHICLES // 2  # what agrees is not merely that nothing was ever joined


def the_tips() -> list[Sent]:
    """Tips of the corpus, and between them some that share vehicles."""
    sent = [
        Sent(tip["sector"], {"narrative": tip["text"], "lang": tip["lang"], "channel": tip["channel"], "partner": {"reference": tip["id"]}})
        for tip in sample_tips(0, CORPUS)
    ]
    for number in range(VEHICLES):
        for time in range(3):
            also = f" A pickup with Texas plate {_plate(number - 1)} was with it." if time == 2 and number else ""
            text = (
                f"Two girls are locked in the sleeper of a white Freightliner, Texas plate {_plate(number)}. "
                f"The driver sells them to other drivers for sex, this is the {time + 1}. night.{also}"
            )
            place = 7 * (3 * number + time)
            sent.insert(place, Sent("trucking", {"narrative": text, "partner": {"reference": f"vehicle-{number}-{time}"}}))
    return sent


def _plate(number: int) -> str:
    return f"T{chr(65 + number % 26)}X {4100 + 37 * number}"


def in_waves(tips: Sequence[Sent], core: Core) -> list[list[Sent]]:
    """The tips in waves: one that earlier ones are linked to, by a key or by its wording, comes in a later wave than they.

    Workers that share partitions decide in any order, and who joins whom depends on it; the same order is asked of both modes only there.
    """
    now = datetime.now(UTC)
    readings = load_assessor(core).assess([TipText(tip.name, tip.body["narrative"], now, tip.body.get("lang", "")) for tip in tips])
    waves: list[list[Sent]] = []
    earlier: list[tuple[int, frozenset[tuple[str, str]], tuple[int, ...]]] = []
    for tip, reading in zip(tips, readings, strict=True):
        as_stored = Tip(id=tip.name, received_at=now, partner="", channel=Channel.API, narrative=tip.body["narrative"])
        keys = frozenset((str(key.kind), key.value) for key in link_keys(as_stored, reading))
        linked = [wave for wave, theirs, print_ in earlier if keys & theirs or _alike(reading.fingerprint, print_)]
        wave = max(linked, default=-1) + 1
        earlier.append((wave, keys, reading.fingerprint))
        if wave == len(waves):
            waves.append([])
        waves[wave].append(tip)
    return waves


def _alike(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return bool(one and other) and sum(a == b for a, b in zip(one, other, strict=True)) >= SIMILAR_AT * len(one)


def _run(core: Core, http: httpx.Client, keys: Mapping[str, str], waves: Sequence[Sequence[Sent]], command: Any) -> Made:
    """Send the tips, each wave once the one before is decided, and look at what became of them."""
    slugs = {partner.sector: partner.slug for partner in core.partners.all()}
    ids: dict[str, str] = {}
    answers: dict[str, dict[str, Any]] = {}
    for wave in waves:
        for tip in wave:
            answer = _post(http, keys[slugs.get(tip.sector, "public")], tip)
            ids[tip.name] = answer.json()["id"]
            answers[tip.name] = {"accepted": answer.status_code, "names": sorted(answer.json()), "code": answer.json()["receipt_code"]}
        until(lambda: _decided(core, ids.values()) == len(ids), 120, "the wave is decided")
    until(lambda: core.chain.unsealed() == 0, 30, "the audit rows are sealed")
    until(lambda: _shown(core) == len(ids), 30, "every tip in the index")
    for number, tip in enumerate(tip for wave in waves for tip in wave):
        answers[tip.name] |= _asked_again(http, keys[slugs.get(tip.sector, "public")], tip, ids[tip.name])
        code = answers[tip.name].pop("code")
        if number % EVERY == 0:
            answers[tip.name]["page"] = _page(http, code)
    found = {query: command("search", query, "--as", "dana") for query in ("", "truck", "sector:hotel")}
    return _made(core, ids, answers, {query: {"total": each["total"], "facets": each["facets"]} for query, each in found.items()})


def _post(http: httpx.Client, key: str, tip: Sent) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}", "idempotency-key": f"agree-{tip.name}"}
    answer = http.post("/api/v1/tips", json=dict(tip.body), headers=headers)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return answer


def _decided(core: Core, ids: Iterable[str]) -> int:
    with core.storage.reading() as uow:
        return len(uow.decisions.get_many(list(ids)))


def _shown(core: Core) -> int:
    everything = Viewer("usr_all", "all", Role.SUPERVISOR, frozenset(core.policy.desks), "comparison")
    return sum(len(hit.tips) for hit in core.index.search(everything, Everything(), limit=2 * CORPUS).hits)


def _asked_again(http: httpx.Client, key: str, tip: Sent, tip_id: str) -> Words:
    """The answer to the same tip sent again, and where it stands."""
    again = _post(http, key, tip)
    status = http.get(f"/api/v1/tips/{tip_id}", headers={"authorization": f"Bearer {key}"}).json()
    assert (again.json()["id"], status.pop("id")) == (tip_id, tip_id)
    status.pop("received_at")
    status["steps"] = [step["step"] for step in status["steps"]]
    return {"repeated": again.headers.get("idempotent-replayed"), "status": status}


def _page(http: httpx.Client, code: str) -> str:
    """What a sender who comes back with the code reads, without times and signed values."""
    answer = http.post("/r/code", data={"code": code})
    assert answer.status_code == httpx.codes.OK
    return re.sub(r'value="[^"]*"|datetime="[^"]*"|\d+', "#", answer.text)


def _made(core: Core, ids: Mapping[str, str], answers: Mapping[str, Words], found: Words) -> Made:
    names = {tip_id: name for name, tip_id in ids.items()}
    with core.storage.reading() as uow:
        decisions = {names[tip]: record for tip, record in uow.decisions.get_many(list(names)).items()}
        cases = uow.cases.get_many(uow.cases.ids("", ALL))
        names |= {case.id: "+".join(sorted(names[tip] for tip in case.tips)) for case in cases.values()}
        return Made(
            answers=answers,
            decisions={name: _decision(uow, core.policy, record, names) for name, record in decisions.items()},
            cases={names[case.id]: _case(case, names) for case in cases.values()},
            queues={desk: _in_order(uow.queue.open(desk, ALL), names) for desk in sorted(core.policy.desks)},
            notices={
                desk: sorted((names[notice.tip_id], notice.rule, notice.reason) for notice in uow.notices.of_desk(desk, ALL))
                for desk in sorted(core.policy.desks)
            },
            events=_events(core, names),
            audit=_audit(core, names),
            found=found,
        )


def _in_order(entries: Iterable[QueueEntry], names: Mapping[str, str]) -> list[str]:
    """A queue. Tips that stand level, as those that came outside working hours and are due at one moment, are in order of name."""
    levels = groupby(entries, lambda entry: (entry.life_threat, entry.due_at, entry.band))
    return [name for _, level in levels for name in sorted(names[entry.tip_id] for entry in level)]


def _decision(uow: UnitOfWork, policy: Policy, record: DecisionRecord, names: Mapping[str, str]) -> Words:
    """What was read and decided, and whether the first look is due when the policy says: how long that is depends on the hour."""
    tip, entry = uow.tips.get(record.tip_id), uow.queue.get(record.tip_id)
    reading = uow.assessments.get_many([record.tip_id])[record.tip_id]
    assert tip
    assert entry
    matches = [
        (names[match.tip_id], names[match.case_id], *asdict(match.key).values(), match.desk, match.case_open, match.similarity)
        for match in record.matches
    ]
    return {
        "reading": _reading(reading),
        "matches": sorted(matches),
        "suggested": sorted(names[match.tip_id] for match in record.suggested),
        "jurisdiction": record.jurisdiction,
        "routing": record.routing,
        "policy": record.policy_version,
        "partner": record.partner,
        "case": names[record.case_id],
        "joined": (record.joined, " ".join(names.get(word, word) for word in record.join_reason.split())),
        "entry": (names[entry.case_id], entry.desk, entry.urgency, entry.life_threat, entry.band, entry.state),
        "due": entry.due_at == policy.due(entry.urgency, entry.desk, tip.received_at),
    }


def _reading(reading: Assessment) -> Words:
    """The reading; when something happened is left out, because "last night" is told from the time of arrival."""
    entities = [
        replace(entity, attributes={name: value for name, value in entity.attributes.items() if name not in ("start", "end")})
        for entity in reading.entities
    ]
    return asdict(replace(reading, tip_id="", entities=tuple(entities)))


def _case(case: Case, names: Mapping[str, str]) -> Words:
    """The case with its tips in the order in which they joined."""
    times = dict.fromkeys(("opened_at", "updated_at", "due_at"))
    return {**asdict(case), **times, "id": names[case.id], "tips": [names[tip] for tip in case.tips]}


def _events(core: Core, names: Mapping[str, str]) -> Counter[tuple[str, ...]]:
    """How often each event happened."""
    logged = core.events.read("comparison", tuple(EventType), ALL)
    return Counter(
        (
            str(each.event.type),
            names.get(each.event.key, each.event.key),
            names[each.event.trace],
            *(f"{name}={names.get(value, value)}" for name, value in sorted(each.event.payload.items())),
        )
        for each in logged
    )


def _audit(core: Core, names: Mapping[str, str]) -> dict[str, list[Words]]:
    """Who did what to each tip, in order."""
    found: dict[str, list[Words]] = {}
    for sealed in core.chain.rows(0, ALL):
        kind, _, about = sealed.row.object.partition(":")
        if kind == "tip":
            detail = {name: names.get(value, value) for name, value in sealed.row.detail.items()}
            found.setdefault(names[about], []).append({"actor": sealed.row.actor, "action": sealed.row.action, "detail": detail})
    return found
