"""Bulletins and training cards: written and withdrawn by the agency, read by chosen partners' staff, with receipts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ingest.domain.bulletin import Bulletin, BulletinKind, ReadReceipt
from ingest.domain.partner import Partner, Staff
from ingest.ports import PartnerStorage, PartnerWork
from triage.domain.access import Role, Viewer
from triage.domain.audit import AuditRow
from triage.domain.errors import Conflict, FieldError, InvalidInput, NotAllowed, NotFound
from triage.ports import Clock, Ids

WRITERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
"""Who speaks for the agency to its partners."""
TITLE_LIMIT = 120
TEXT_LIMIT = 10_000
NEWEST = 500
"""How far back lists go."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody wants to publish. With ``everybody`` it goes to all partners, and the chosen ones are not looked at."""

    kind: str
    title: str
    text: str
    everybody: bool = False
    partners: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a bulletin reaches at one partner: its active people, and the receipts of those who read it, first readers first.

    Whoever left the partner since stays among the receipts.
    """

    partner: Partner
    people: tuple[Staff, ...]
    receipts: tuple[ReadReceipt, ...]


class Outreach:
    """The agency's side. Raises ``NotAllowed`` for whoever is no supervisor or administrator."""

    def __init__(self, side: PartnerStorage, clock: Clock, ids: Ids) -> None:
        self._side = side
        self._clock = clock
        self._ids = ids

    def all(self, viewer: Viewer) -> list[tuple[Bulletin, int]]:
        """Every bulletin, newest first, withdrawn ones too, each with how many people have read it."""
        _check_writer(viewer)
        with self._side.reading() as work:
            return [(bulletin, len(work.bulletins.receipts(bulletin.id))) for bulletin in work.bulletins.all(NEWEST)]

    def partners(self, viewer: Viewer) -> list[Partner]:
        """Whom one can choose."""
        _check_writer(viewer)
        with self._side.reading() as work:
            return work.partners.all()

    def check(self, viewer: Viewer, wording: Wording) -> None:
        """Raise ``InvalidInput`` unless it can be published as it is."""
        _check_writer(viewer)
        with self._side.reading() as work:
            _check(wording, work)

    def publish(self, viewer: Viewer, wording: Wording) -> Bulletin:
        """Publish it to whom it names. Raises ``InvalidInput``."""
        _check_writer(viewer)
        with self._side.writing() as work:
            _check(wording, work)
            bulletin = Bulletin(
                id=self._ids.new("bul"),
                kind=BulletinKind(wording.kind),
                title=wording.title.strip(),
                text=wording.text.strip(),
                by=viewer.user,
                at=self._clock.now(),
                partners=() if wording.everybody else tuple(sorted(set(wording.partners))),
                sectors=() if wording.everybody else tuple(sorted(set(wording.sectors))),
            )
            work.bulletins.put(bulletin)
            counts = {"kind": bulletin.kind.value, "partners": str(len(bulletin.partners)), "sectors": " ".join(bulletin.sectors)}
            _write_down(work, self._ids, self._clock, f"user:{viewer.user}", "bulletin.published", bulletin.id, counts)
        return bulletin

    def withdraw(self, viewer: Viewer, bulletin_id: str) -> None:
        """Take it back: partners do not see it any more; who has read it stays known. Raises ``NotFound``, ``Conflict`` the second time."""
        _check_writer(viewer)
        with self._side.writing() as work:
            work.hold([f"bulletin:{bulletin_id}"])
            bulletin = _known(work, bulletin_id)
            if bulletin.withdrawn_at is not None:
                raise Conflict("this bulletin was withdrawn already.")
            work.bulletins.put(replace(bulletin, withdrawn_at=self._clock.now()))
            _write_down(work, self._ids, self._clock, f"user:{viewer.user}", "bulletin.withdrawn", bulletin_id, {})

    def look(self, viewer: Viewer, bulletin_id: str) -> tuple[Bulletin, list[Reach]]:
        """A bulletin, and partner by partner who has read it. Raises ``NotFound``."""
        _check_writer(viewer)
        with self._side.reading() as work:
            bulletin = _known(work, bulletin_id)
            receipts = work.bulletins.receipts(bulletin_id)
            meant = replace(bulletin, withdrawn_at=None)  # also of one withdrawn it is asked who has read it
            return bulletin, [
                Reach(
                    partner,
                    tuple(person for person in work.staff.of_partner(partner.slug) if person.active),
                    tuple(receipt for receipt in receipts if receipt.partner == partner.slug),
                )
                for partner in work.partners.all()
                if meant.reaches(partner.slug, partner.sector)
            ]


class Noticeboard:
    """The partner's side: what was published for it."""

    def __init__(self, side: PartnerStorage, clock: Clock, ids: Ids) -> None:
        self._side = side
        self._clock = clock
        self._ids = ids

    def all(self, partner: Partner, staff: Staff) -> list[tuple[Bulletin, bool]]:
        """What is meant for the partner, newest first, each with whether this person has read it."""
        with self._side.reading() as work:
            read = work.bulletins.read_by(staff.id)
            found = [bulletin for bulletin in work.bulletins.all(NEWEST) if bulletin.reaches(partner.slug, partner.sector)]
        return [(bulletin, bulletin.id in read) for bulletin in found]

    def read(self, partner: Partner, staff: Staff, bulletin_id: str) -> Bulletin:
        """The bulletin, which this person has read with this. Raises ``NotFound`` for what is not meant for the partner."""
        with self._side.reading() as work:
            bulletin = _known(work, bulletin_id)
            if not bulletin.reaches(partner.slug, partner.sector):
                raise NotFound("bulletin", bulletin_id)
            if bulletin_id in work.bulletins.read_by(staff.id):
                return bulletin
        with self._side.writing() as work:
            work.hold([f"bulletin:{bulletin_id}"])
            if bulletin_id not in work.bulletins.read_by(staff.id):
                work.bulletins.mark_read(ReadReceipt(bulletin_id, staff.id, partner.slug, self._clock.now()))
                _write_down(work, self._ids, self._clock, f"staff:{staff.id}", "bulletin.read", bulletin_id, {"partner": partner.slug})
        return bulletin


def _check_writer(viewer: Viewer) -> None:
    if viewer.role not in WRITERS:
        raise NotAllowed("only supervisors and administrators write to partners.")


def _known(work: PartnerWork, bulletin_id: str) -> Bulletin:
    bulletin = work.bulletins.get(bulletin_id)
    if bulletin is None:
        raise NotFound("bulletin", bulletin_id)
    return bulletin


def _check(wording: Wording, work: PartnerWork) -> None:
    partners = work.partners.all()
    errors: list[FieldError] = []
    if wording.kind not in set(BulletinKind):
        errors.append(FieldError("kind", "unknown", "Choose a bulletin or a training card."))
    errors += _length("title", wording.title, TITLE_LIMIT) + _length("text", wording.text, TEXT_LIMIT)
    if not wording.everybody:
        if not wording.partners and not wording.sectors:
            errors.append(FieldError("to", "nobody", "Choose partners or sectors, or everybody."))
        if not {partner.slug for partner in partners}.issuperset(wording.partners):
            errors.append(FieldError("to", "unknown", "Choose partners of the list."))
        if not {partner.sector for partner in partners}.issuperset(wording.sectors):
            errors.append(FieldError("to", "unknown", "Choose sectors of the list."))
    if errors:
        raise InvalidInput(errors)


def _length(field: str, text: str, limit: int) -> list[FieldError]:
    if not text.strip():
        return [FieldError(field, "empty", f"Write a {field}.")]
    return [FieldError(field, "too_long", f"The {field} must be {limit:,} characters or fewer.")] if len(text) > limit else []


def _write_down(work: PartnerWork, ids: Ids, clock: Clock, actor: str, action: str, bulletin_id: str, detail: dict[str, str]) -> None:
    work.audit.append([AuditRow(ids.new("aud"), clock.now(), actor, action, f"bulletin:{bulletin_id}", detail=detail)])
