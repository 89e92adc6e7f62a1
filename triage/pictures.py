"""The pictures that a sender added to a tip: looked at one by one, each look written down; destroyed on a person's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from triage.desk_turn import turn
from triage.domain.access import Viewer
from triage.domain.attachment import Attachment
from triage.domain.audit import AuditRow
from triage.domain.case import Case
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.ports import Clock, Ids, Storage, UnitOfWork, Vault
from triage.wellness import picture_seen

DESTROY_REASONS: Mapping[str, str] = {
    "minor_sexual": "Sexual image of a minor: reported as the law asks, then destroyed",
    "intimate": "Intimate image of an adult",
    "bystander": "Shows people who have nothing to do with it",
    "not_related": "Has nothing to do with the report",
    "sender_asked": "The sender asked for it",
}
"""The reason codes for destroying a picture, with the words people see."""


@dataclass(frozen=True, slots=True)
class PicturesPage:
    """The pictures of a tip and where it is now. ``may_destroy``: the viewer works at the owning desk."""

    tip_id: str
    case: Case
    pictures: tuple[Attachment, ...]
    may_destroy: bool


class Pictures:
    """Looks at pictures and destroys them. Unknown and forbidden tips look the same: ``NotFound``."""

    def __init__(self, storage: Storage, vault: Vault, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._vault = vault
        self._clock = clock
        self._ids = ids

    def of_tip(self, viewer: Viewer, tip_id: str) -> PicturesPage:
        """What is known about the pictures; none of them is opened by this."""
        with self._storage.reading() as work:
            case, entry = _readable(work, viewer, tip_id), work.queue.get(tip_id)
            may_destroy = entry is not None and entry.desk in viewer.desks
            return PicturesPage(tip_id, case, tuple(work.attachments.of_tip(tip_id)), may_destroy)

    def show(self, viewer: Viewer, tip_id: str, attachment_id: str) -> tuple[Attachment, bytes]:
        """One picture. The look is written down before the bytes are opened; a destroyed one is ``NotFound``."""
        with self._storage.writing() as work:
            _readable(work, viewer, tip_id)
            picture = _of_tip(work, tip_id, attachment_id)
            seen = picture_seen(self._ids, viewer, self._clock.now(), tip_id, picture.id)
            work.audit.append([self._row(viewer, "picture.read", tip_id, {"attachment": picture.id}), seen])
        content = self._vault.picture(picture.id)
        if content is None:
            raise NotFound("picture", attachment_id)
        return picture, content

    def destroy(self, viewer: Viewer, tip_id: str, attachment_id: str, reason: str) -> Attachment:
        """Have the bytes destroyed for one of ``DESTROY_REASONS``; the SHA-256 of what came and the reason stay.

        The row is written first: if the bytes cannot be reached at that moment, housekeeping destroys what a destroyed row names.
        """
        if reason not in DESTROY_REASONS:
            raise InvalidInput([FieldError("reason", "unknown_reason", "Choose one of the reasons.")])
        with turn(self._storage, self._clock, self._ids, viewer, tip_id, None) as now:
            picture = _of_tip(now.work, tip_id, attachment_id)
            gone = replace(picture, destroyed_at=now.now, destroyed_by=viewer.user, reason=reason)
            now.work.attachments.put(gone)
            now.write_down("picture.destroyed", {"attachment": picture.id, "reason": reason, "sha256": picture.sha256})
        self._vault.destroy_picture(picture.id)
        return gone

    def _row(self, viewer: Viewer, action: str, tip_id: str, detail: Mapping[str, str]) -> AuditRow:
        return AuditRow(self._ids.new("aud"), self._clock.now(), f"user:{viewer.user}", action, f"tip:{tip_id}", viewer.purpose, detail)


def _readable(work: UnitOfWork, viewer: Viewer, tip_id: str) -> Case:
    case = work.cases.of_tip(tip_id)
    if case is None:
        raise NotFound("tip", tip_id)
    viewer.check_reads("tip", tip_id, case.readers)
    return case


def _of_tip(work: UnitOfWork, tip_id: str, attachment_id: str) -> Attachment:
    """The picture, if it is one of the tip and still there."""
    picture = work.attachments.get(attachment_id)
    if picture is None or picture.tip_id != tip_id or picture.destroyed_at is not None:
        raise NotFound("picture", attachment_id)
    return picture
