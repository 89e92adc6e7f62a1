"""The register of partners: who may report, with which keys, and which of their people sign in.

Every change is one transaction with its audit row. The row names the fields that changed, never what they hold. Keys and passwords are
given back once and kept as hashes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from ingest.domain.partner import ALL_SCOPES, ApiKey, Partner, PartnerStatus, Scope, Staff
from ingest.ports import PartnerStorage, PartnerWork
from ingest.registry.api_key import new_api_key
from ingest.registry.partner_check import LINE_LIMIT, mistakes
from ingest.registry.partner_file import PartnerEntry
from triage.domain.audit import AuditRow
from triage.domain.errors import AlreadyExists, Conflict, FieldError, InvalidInput, NotFound
from triage.ports import Clock, Ids, Passwords

OVERLAP = timedelta(days=7)
"""How long the old key works beside the new one after a rotation."""
LONGEST_OVERLAP = timedelta(days=90)
LONGEST_LIFE = timedelta(days=3650)
"""The latest that a key may be made to end."""

_STEPS: Mapping[str, tuple[frozenset[PartnerStatus], PartnerStatus]] = MappingProxyType(
    {
        "suspend": (frozenset({PartnerStatus.PENDING, PartnerStatus.ACTIVE}), PartnerStatus.SUSPENDED),
        "resume": (frozenset({PartnerStatus.PENDING, PartnerStatus.SUSPENDED}), PartnerStatus.ACTIVE),
        "end": (frozenset({PartnerStatus.PENDING, PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED}), PartnerStatus.ENDED),
    }
)
"""From which statuses a step leads to which. Nothing leads away from the end."""

STEPS = tuple(_STEPS)


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """What a new key should be. ``life`` is how long it works; None means until it is revoked."""

    label: str = ""
    scopes: tuple[Scope, ...] = ALL_SCOPES
    sandbox: bool = False
    life: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made, and its token: the only time that it is there to be seen."""

    key: ApiKey
    token: str

    def __repr__(self) -> str:
        return f"NewKey({self.key.id!r})"


@dataclass(frozen=True, slots=True)
class NewPassword:
    """An account that was just given a password: the only time that it is there to be seen."""

    staff: Staff
    password: str

    def __repr__(self) -> str:
        return f"NewPassword({self.staff.id!r})"


@dataclass(frozen=True, slots=True)
class Change:
    """What applying a file does to one partner: the fields that differ, as (field, before, after); none of them if ``added``."""

    partner: Partner
    added: bool
    fields: tuple[tuple[str, object, object], ...] = ()


class Registry:
    """Changes to the register. ``actor`` is who makes them, as the audit log names people: ``user:<id>`` or ``system:<process>``.

    ``random`` gives that many random bytes; ``retention`` are the profiles that the policy knows. All methods raise ``NotFound`` for a
    partner, key or account that does not exist.
    """

    def __init__(
        self,
        storage: PartnerStorage,
        passwords: Passwords,
        clock: Clock,
        ids: Ids,
        random: Callable[[int], bytes],
        retention: Collection[str] = (),
    ) -> None:
        self._storage = storage
        self._passwords = passwords
        self._clock = clock
        self._ids = ids
        self._random = random
        self._retention = retention

    def add(self, actor: str, partner: Partner) -> None:
        """Add a partner. Raises ``InvalidInput``, or ``AlreadyExists`` for a slug that is taken."""
        self._check(partner)
        with self._storage.writing() as work:
            if _held(work, partner.slug) is not None:
                raise AlreadyExists("partner", partner.slug)
            self._put(work, actor, partner)

    def change(self, actor: str, slug: str, /, **changed: object) -> tuple[str, ...]:
        """Give these fields new values; return the names of those that differ. Raises ``InvalidInput``.

        The slug stays for good, and the status has steps of its own: see ``step``.
        """
        with self._storage.writing() as work:
            known = _known(work, slug)
            partner = replace(known, **changed)  # type: ignore[arg-type]  # ``replace`` refuses names that are no fields
            if (partner.slug, partner.status) != (known.slug, known.status):
                raise Conflict("a partner keeps its address, and its status changes by suspend, resume and end.")
            self._check(partner)
            return self._put(work, actor, partner, known)

    def step(self, actor: str, slug: str, step: str, reason: str) -> Partner:
        """Suspend, resume or end a partner, for a ``reason`` that goes into the audit log. Raises ``Conflict`` where it does not fit."""
        if step not in _STEPS:
            raise NotFound("step", step)
        if not reason.strip() or len(reason) > LINE_LIMIT:
            raise InvalidInput([FieldError("reason", "empty", f"Say why, in {LINE_LIMIT} characters or fewer.")])
        before, after = _STEPS[step]
        with self._storage.writing() as work:
            known = _known(work, slug)
            if known.status not in before:
                raise Conflict(f"the partner {slug!r} is {known.status}, so it cannot {step}. Look at it again.")
            partner = replace(known, status=after)
            work.partners.put(partner)
            self._write_down(work, actor, f"partner.{step}", slug, reason.strip(), {"from": str(known.status), "to": str(after)})
        return partner

    def apply(self, actor: str, entries: Collection[PartnerEntry], dry_run: bool = False) -> list[Change]:
        """Add and change what the file says, all or nothing; never delete. Returns what differs; with ``dry_run`` only that.

        Raises ``Conflict`` if the file would wake a partner that has ended.
        """
        with self._storage.reading() if dry_run else self._storage.writing() as work:
            if not dry_run:
                work.hold([f"partner:{entry.partner.slug}" for entry in entries])
            changes = []
            for entry in entries:
                known = work.partners.get(entry.partner.slug)
                partner = entry.over(known)
                if known == partner:
                    continue
                if known and known.status is PartnerStatus.ENDED and partner.status is not PartnerStatus.ENDED:
                    raise Conflict(f"the partner {known.slug!r} has ended for good. Take it out of the file, or add it under a new slug.")
                self._check(partner, f"{partner.slug}.")
                changes.append(_change(partner, known))
                if not dry_run:
                    self._put(work, actor, partner, known)
        return changes

    def issue(self, actor: str, slug: str, order: KeyOrder) -> NewKey:
        """Make a key. Raises ``InvalidInput``, or ``Conflict`` for a partner that has ended."""
        _check_order(order)
        with self._storage.writing() as work:
            _check_not_ended(_known(work, slug))
            return self._new_key(work, actor, slug, order, "key.issue")

    def rotate(self, actor: str, slug: str, key_id: str, overlap: timedelta = OVERLAP) -> NewKey:
        """Make a key in place of another, with the same scopes and the same length of life; the old one works for ``overlap`` more.

        Raises ``Conflict`` if the old one does not work any more or was replaced already.
        """
        if not timedelta() <= overlap <= LONGEST_OVERLAP:
            raise InvalidInput([FieldError("overlap", "out_of_range", f"Use 0 to {LONGEST_OVERLAP.days} days.")])
        now = self._clock.now()
        with self._storage.writing() as work:
            _check_not_ended(_known(work, slug))
            old = _key(work, slug, key_id)
            if not works(old, now) or old.replaced_by:
                raise Conflict(f"the key {key_id!r} was revoked, replaced, or is over. Issue a new one instead.")
            life = old.expires_at - old.created_at if old.expires_at else None
            new = self._new_key(work, actor, slug, KeyOrder(old.label, old.scopes, old.sandbox, life), "key.rotate", key_id)
            until = min(now + overlap, old.expires_at or now + overlap)
            work.partners.put_key(replace(old, expires_at=until, replaced_by=new.key.id))
        return new

    def revoke(self, actor: str, slug: str, key_id: str) -> None:
        """End a key now. Revoking it again changes nothing."""
        with self._storage.writing() as work:
            _known(work, slug)
            key = _key(work, slug, key_id)
            if not key.revoked:
                work.partners.put_key(replace(key, revoked=True))
                self._write_down(work, actor, "key.revoke", slug, detail={"key": key_id})

    def add_staff(self, actor: str, slug: str, name: str, display_name: str = "", manager: bool = False) -> NewPassword:
        """Make an account for one of the partner's people, with a new password.

        Raises ``InvalidInput``, ``AlreadyExists`` for a name that anybody at any partner has, ``Conflict`` for a partner that has ended.
        """
        name, display_name = name.strip(), display_name.strip()
        wrong = [
            field for field, text in (("name", name), ("display_name", display_name)) if len(text) > LINE_LIMIT or not text.isprintable()
        ]
        if not name or wrong:
            field = wrong[0] if wrong else "name"
            raise InvalidInput([FieldError(field, "not_a_name", f"Write one line of 1 to {LINE_LIMIT} characters.")])
        password, hashed = self._new_password()
        staff = Staff(self._ids.new("stf"), slug, name, display_name or name, hashed, manager)
        with self._storage.writing() as work:
            _check_not_ended(_known(work, slug))
            work.staff.put(staff)
            self._write_down(work, actor, "staff.add", slug, detail={"staff": staff.id, "manager": str(manager).lower()})
        return NewPassword(staff, password)

    def new_password(self, actor: str, slug: str, staff_id: str) -> NewPassword:
        """Give a person a new password; it ends the person's sessions, and lets in again who was kept out."""
        password, hashed = self._new_password()
        with self._storage.writing() as work:
            staff = replace(_staff(work, slug, staff_id), password_hash=hashed, active=True)
            work.staff.put(staff)
            work.staff.end_sessions(staff_id)
            self._write_down(work, actor, "staff.password", slug, detail={"staff": staff_id})
        return NewPassword(staff, password)

    def deactivate(self, actor: str, slug: str, staff_id: str) -> None:
        """Keep a person out from now on; running sessions end."""
        with self._storage.writing() as work:
            work.staff.put(replace(_staff(work, slug, staff_id), active=False))
            work.staff.end_sessions(staff_id)
            self._write_down(work, actor, "staff.deactivate", slug, detail={"staff": staff_id})

    def _check(self, partner: Partner, before: str = "") -> None:
        if found := mistakes(partner, self._retention):
            raise InvalidInput([replace(mistake, path=before + mistake.path) for mistake in found])

    def _put(self, work: PartnerWork, actor: str, partner: Partner, known: Partner | None = None) -> tuple[str, ...]:
        names = tuple(name for name, _, _ in _change(partner, known).fields)
        if known is None or names:
            work.partners.put(partner)
            action, detail = ("partner.change", {"fields": ",".join(names)}) if known else ("partner.add", {"status": str(partner.status)})
            self._write_down(work, actor, action, partner.slug, detail=detail)
        return names

    def _new_key(self, work: PartnerWork, actor: str, slug: str, order: KeyOrder, action: str, replaces: str = "") -> NewKey:
        token, hashed = new_api_key(self._random, order.sandbox)
        now = self._clock.now()
        scopes, until = tuple(scope for scope in Scope if scope in order.scopes), now + order.life if order.life else None
        key = ApiKey(self._ids.new("key"), slug, hashed, now, order.label.strip(), order.sandbox, expires_at=until, scopes=scopes)
        work.partners.put_key(key)
        detail = {"key": key.id, "scopes": ",".join(scopes), "sandbox": str(order.sandbox).lower()}
        self._write_down(work, actor, action, slug, detail={**detail, "replaces": replaces} if replaces else detail)
        return NewKey(key, token)

    def _new_password(self) -> tuple[str, str]:
        password = base64.urlsafe_b64encode(self._random(12)).decode()
        return password, self._passwords.hash(password)

    def _write_down(
        self, work: PartnerWork, actor: str, action: str, slug: str, purpose: str = "", detail: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        row = AuditRow(self._ids.new("aud"), self._clock.now(), actor, action, f"partner:{slug}", purpose, dict(detail))
        work.audit.append([row])


def steps_from(status: PartnerStatus) -> list[str]:
    """The steps that fit a partner of this status."""
    return [step for step, (before, _) in _STEPS.items() if status in before]


def works(key: ApiKey, now: datetime) -> bool:
    """Whether the key may be used now."""
    return not key.revoked and (key.expires_at is None or now < key.expires_at)


def _check_order(order: KeyOrder) -> None:
    found = []
    if not order.scopes:
        found.append(FieldError("scopes", "empty", "Choose at least one thing that the key may do."))
    if len(order.label) > LINE_LIMIT or not order.label.isprintable():
        found.append(FieldError("label", "not_a_line", f"Write one line of {LINE_LIMIT} characters or fewer."))
    if order.life is not None and not timedelta() < order.life <= LONGEST_LIFE:
        found.append(FieldError("days", "out_of_range", f"Use 1 to {LONGEST_LIFE.days} days, or nothing for a key without an end."))
    if found:
        raise InvalidInput(found)


def _check_not_ended(partner: Partner) -> None:
    if partner.status is PartnerStatus.ENDED:
        raise Conflict(f"the partner {partner.slug!r} has ended for good. Add it under a new slug to work together again.")


def _change(partner: Partner, known: Partner | None) -> Change:
    if known is None:
        return Change(partner, added=True)
    pairs = ((field.name, getattr(known, field.name), getattr(partner, field.name)) for field in fields(Partner))
    return Change(partner, added=False, fields=tuple((name, before, after) for name, before, after in pairs if before != after))


def _held(work: PartnerWork, slug: str) -> Partner | None:
    """The partner, which nobody else changes until the work is done."""
    work.hold([f"partner:{slug}"])
    return work.partners.get(slug)


def _known(work: PartnerWork, slug: str) -> Partner:
    partner = _held(work, slug)
    if partner is None:
        raise NotFound("partner", slug)
    return partner


def _key(work: PartnerWork, slug: str, key_id: str) -> ApiKey:
    for key in work.partners.keys(slug):
        if key.id == key_id:
            return key
    raise NotFound("key", key_id)


def _staff(work: PartnerWork, slug: str, staff_id: str) -> Staff:
    staff = work.staff.by_id(staff_id)
    if staff is None or staff.partner != slug:
        raise NotFound("account", staff_id)
    return staff
