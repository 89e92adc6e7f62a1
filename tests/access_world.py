"""The people and the records of the access matrix, in one application."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from infra.search.tantivy_index import TantivyCaseIndex
from ingest.api.lifecycle import Reports
from ingest.domain.bulletin import Bulletin, BulletinKind
from ingest.domain.field_map import ImportRun
from ingest.domain.partner import ALL_SCOPES, ApiKey, Partner, Scope, Staff
from ingest.domain.webhook import Delivery, Webhook
from ingest.ports import PartnerWork, Purpose
from ingest.receive import Sender
from ingest.registry.api_key import new_api_key
from streams.pipeline import documents_of
from tests.access_rules import POLICY, WORKERS, Person, Record
from tests.desk import Desk
from tests.world import VIN, World
from triage.domain.access import Role, User
from triage.domain.assessment import Assertion, Finding, Urgency
from triage.domain.attachment import Attachment
from triage.domain.care import HandOff, HandOffState
from triage.domain.sender import Progress
from triage.domain.share import Share, ShareMode, SharePart
from triage.domain.tip import Consent
from triage.domain.work import Task
from triage.sign_in import IDLE
from triage.web.session import SESSION_COOKIE

OWN, OTHER = Partner("prairie-haul", "Prairie Haul", "trucking", photos=True), Partner("oak-school", "Oak School", "school", photos=True)
NAMED = ("usr_analyst_trafficking", "usr_supervisor_trafficking")
"""Those whom the restricted case names."""


def people(desk: Desk) -> list[Person]:
    """An analyst and a supervisor of each desk; accounts that read no case, at every desk; staff and programs of two partners; nobody."""
    every = frozenset(POLICY.desks)
    users = [
        User(f"usr_{role}_{at}", f"{role}-{at}", at.title(), role, frozenset({at}), "") for at in POLICY.desks for role in sorted(WORKERS)
    ]
    users.append(User("usr_colleague", "colleague", "Colleague", Role.SUPERVISOR, frozenset({"trafficking"}), ""))
    users.append(User("usr_idle", "idle", "Idle", Role.SUPERVISOR, frozenset(), ""))
    users.append(User("usr_gone", "gone", "Gone", Role.SUPERVISOR, every, "", active=False))
    users += [User(f"usr_{role}", role.value, role.title(), role, every, "") for role in sorted(set(Role) - WORKERS)]
    staff = [
        Staff("stf_max", OWN.slug, "max", "Max", "", manager=True),
        Staff("stf_dee", OWN.slug, "dee", "Dee", ""),
        Staff("stf_ola", OTHER.slug, "ola", "Ola", "", manager=True),
    ]
    with desk.core.partner_side.writing() as work:
        for partner in (OWN, OTHER):
            work.partners.put(partner)
        found = [Person("nobody"), *(_of_console(desk, work, user) for user in users), *(_of_partner(desk, work, one) for one in staff)]
    programs = [(OWN, ALL_SCOPES), (OTHER, ALL_SCOPES), (OWN, ())]
    return [*found, *(_program(desk, partner, scopes, number) for number, (partner, scopes) in enumerate(programs))]


def _token(desk: Desk, id: str) -> str:
    return f"{int(desk.clock.now().timestamp())}.{hashlib.sha256(id.encode()).hexdigest()}"


def _of_console(desk: Desk, work: PartnerWork, user: User) -> Person:
    work.users.put(user)
    token = _token(desk, user.id)
    work.users.start_session(hashlib.sha256(token.encode()).hexdigest(), user.id, desk.clock.now() + IDLE)
    return Person(user.name, user=user, headers={"cookie": f"{SESSION_COOKIE}={token}"}, token=token)


def _of_partner(desk: Desk, work: PartnerWork, staff: Staff) -> Person:
    work.staff.put(staff)
    token = _token(desk, staff.id)
    work.staff.start_session(hashlib.sha256(token.encode()).hexdigest(), staff.id, desk.clock.now() + IDLE)
    headers = {"cookie": f"portal_session={token}; {SESSION_COOKIE}={token}"}  # the same at the console's door opens nothing
    return Person(f"{staff.name} of {staff.partner}", staff=staff, partner=staff.partner, headers=headers, token=token)


def _program(desk: Desk, partner: Partner, scopes: Sequence[Scope], number: int) -> Person:
    key, key_hash = new_api_key(lambda size: bytes([number + 1]) * size)
    desk.core.partners.put_key(ApiKey(f"key_{number}", partner.slug, key_hash, desk.clock.now(), scopes=tuple(scopes)))
    name = f"program of {partner.slug} with {len(scopes)} scopes"
    return Person(name, partner=partner.slug, scopes=frozenset(scopes), headers={"authorization": f"Bearer {key}"})


class Records:
    """Makes the records of the matrix: each a tip with a word of its own, a picture, and its case."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = World(desk.core.database)
        self._world.clock = desk.clock
        self._made: list[Record] = []
        neighbour = self._world.arrive()
        self._neighbour_case = self._world.case(neighbour).id
        self._neighbour = neighbour
        with desk.core.partner_side.writing() as work:
            self._others = _partners_things(desk, work)
        reports = Reports(desk.core.partner_side, desk.core.sealer, desk.clock, desk.core.ids)
        self._others["report"] = reports.open(Sender(OWN.slug, f"partner:{OWN.slug}"), {}).id

    def all(self) -> list[Record]:
        """One of every kind that differs in who may read or decide."""
        self._arrive("own desk")
        self._arrive("read along", urgency=Urgency.P1)
        self._arrive("sender agreed", consent=Consent(police=True, support=True), urgency=Urgency.P1)
        self._arrive("another agency", "threat_of_violence")
        self._share(self._arrive("shared for information", "cargo_theft", vin=VIN))
        self._arrive("names an official", flags=["public_official_implicated"])
        self._arrive("care referral", "homelessness_housing_need")
        self._arrive("of a victim", flags=["self_report"])
        self._change(self._arrive("restricted", urgency=Urgency.P1), restricted_to=NAMED)
        self._change(self._arrive("joint", "cargo_theft"), joint=("child",))
        with self._world.storage.reading() as work, TantivyCaseIndex(self._desk.core.settings.index) as index:
            index.put(documents_of(work, self._desk.core.partners, [record.case.id for record in self._made]))
        return self._made

    def _arrive(self, name: str, *labels: str, **given: Any) -> int:
        secret = "zeb" + hashlib.sha256(name.encode()).hexdigest()[:12]
        world, number = self._world, len(self._made)
        found = {"findings": [Finding("confined", 2, 5, Assertion.PRESENT, "rule:confined", "1")]}
        tip_id = world.arrive(*labels, narrative=f"A van stands behind the desk. {secret}", read=found, **given)
        picture = Attachment(f"att_{number}", tip_id, world.clock.now(), "a" * 64, "image/jpeg", 10, 10, 10)
        self._desk.core.blobs.put(picture.id, self._desk.core.sealer.seal(Purpose.PHOTO, picture.id, b"jpeg"))
        with world.storage.writing() as work:
            work.attachments.put(picture)
            tip = work.tips.get(tip_id)
        assert tip is not None
        case = world.case(tip_id)
        names = {**self._others, "tip": tip_id, "case": case.id, "desk": case.desk, "picture": picture.id, "version": str(case.version)}
        names |= {"one": tip_id, "two": self._neighbour, "neighbour_case": self._neighbour_case, "share": "shr_none"}
        names |= {"task": f"tsk_{number}", "hand_off": f"hnd_{number}"}
        with world.storage.writing() as work:
            work.tasks.put(Task(names["task"], case.id, "Call", "usr_idle", world.clock.now()))
            offered = HandOffState.OFFERED
            work.hand_offs.put(
                HandOff(names["hand_off"], tip_id, case.id, case.desk, "none", offered, "danger", (), "usr_idle", world.clock.now())
            )
        self._made.append(Record(name, tip, case, names, secret))
        return number

    def _share(self, number: int) -> None:
        record, now = self._made[number], self._world.clock.now()
        parts = (SharePart.LEVEL, SharePart.PICTURES)
        share = Share(
            "shr_1",
            record.case.id,
            record.case.desk,
            "child",
            ShareMode.INFO,
            (record.tip.id,),
            parts,
            "beside",
            "usr_idle",
            now,
            now + IDLE,
        )
        with self._world.storage.writing() as work:
            work.shares.put(share)
        self._made[number] = replace(record, shared_to="child", names={**record.names, "share": share.id})

    def _change(self, number: int, **changed: Any) -> None:
        record = self._made[number]
        case = replace(record.case, version=record.case.version + 1, **changed)
        with self._world.storage.writing() as work:
            work.cases.update(case)
        self._made[number] = replace(record, case=case, names={**record.names, "version": str(case.version)})


def _partners_things(desk: Desk, work: PartnerWork) -> dict[str, str]:
    """Something of each kind that belongs to the partner of the tips, and the names of what there is not."""
    now = desk.clock.now()
    work.webhooks.put(Webhook("whk_1", OWN.slug, "https://hooks.example.org/1", (Progress.READ,), ("c2VjcmV0",), now))
    work.webhooks.add_delivery(Delivery("msg_1", "whk_1", OWN.slug, "tip_1", Progress.READ, now, "{}", now), "once")
    work.imports.put_run(ImportRun("imp_1", OWN.slug, "staff:stf_max", now, "a" * 64))
    work.bulletins.put(Bulletin("bul_1", BulletinKind.TRAINING, "Card", "Look twice.", "usr_admin", now, partners=(OWN.slug,)))
    own = {"slug": OWN.slug, "key": "key_0", "staff": "stf_dee", "run": "imp_1", "webhook": "whk_1", "delivery": "msg_1"}
    return own | {"bulletin": "bul_1", "survey": "main-street", "step": "suspend", "name": "1", "change": "add", "force": "east-corridor"}
