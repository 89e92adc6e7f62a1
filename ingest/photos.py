"""Pictures that a sender adds to a report: cleaned, sealed, kept apart; never the bytes that came."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from ingest.domain.partner import Partner
from ingest.ports import PartnerStorage, PartnerWork, PictureCleaner, Purpose, Sealer
from triage.domain.attachment import Attachment
from triage.domain.audit import AuditRow
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.events import Event, EventType
from triage.ports import Blobs, Clock, Ids
from triage.telling import tell_holder

MOST = 10
"""Pictures of one report, those that were destroyed included: nobody can fill the store with what must not be kept."""

AT_ONCE = 2
"""Pictures that are decoded at the same time in one process: each may need some 430 MB for a moment."""


@dataclass(frozen=True, slots=True)
class Added:
    """The picture as it is kept. ``repeated``: it was there already, so nothing was written."""

    attachment: Attachment
    repeated: bool


class Photos:
    """Takes pictures for reports. One for each process, used from one event loop."""

    def __init__(self, side: PartnerStorage, blobs: Blobs, sealer: Sealer, cleaner: PictureCleaner, clock: Clock, ids: Ids) -> None:
        self._side = side
        self._blobs = blobs
        self._sealer = sealer
        self._cleaner = cleaner
        self._clock = clock
        self._ids = ids
        self._free = asyncio.Semaphore(AT_ONCE)  # waited for without a thread, so that uploads never hold up reports

    async def add(self, partner: Partner, tip_id: str, content: bytes, actor: str = "public") -> Added:
        """Add a picture to a tip of the partner's, or to one that is only reserved yet; ``actor`` stands in the audit log.

        The same bytes again change nothing, also after a person had them destroyed. Raises ``InvalidInput`` (path ``photo``) with the
        code ``not_taken``, ``too_many`` or one of the cleaner's, ``Unavailable`` if nothing can be kept now.
        """
        if not partner.photos:
            raise _refused("not_taken", "Pictures are not taken here. Describe what they show in words.")
        async with self._free:
            return await asyncio.to_thread(self._add, tip_id, content, actor)

    def _add(self, tip_id: str, content: bytes, actor: str) -> Added:
        sha256 = hashlib.sha256(content).hexdigest()
        with self._side.reading() as work:
            known = _known(work, tip_id, sha256)
        if known is not None:
            return Added(known, repeated=True)
        picture = self._cleaner.clean(content)
        id, now = self._ids.new("att"), self._clock.now()
        kept = Attachment(id, tip_id, now, sha256, picture.media_type, len(picture.content), picture.width, picture.height)
        # The bytes come first: a row always has its bytes. Bytes that no row names, after a crash in between, are swept away later.
        self._blobs.put(id, self._sealer.seal(Purpose.PHOTO, id, picture.content))
        try:
            known = self._write(kept, actor)
        except InvalidInput:  # others were first and the report is full now
            self._blobs.destroy(id)
            raise
        if known is not None:
            self._blobs.destroy(id)
            return Added(known, repeated=True)
        return Added(kept, repeated=False)

    def _write(self, kept: Attachment, actor: str) -> Attachment | None:
        """Write row, audit row and event; the same picture's row instead, if another request was first."""
        with self._side.writing() as work:
            work.hold([f"photos:{kept.tip_id}"])
            known = _known(work, kept.tip_id, kept.sha256)
            if known is not None:
                return known
            work.attachments.put(kept)
            detail = {"attachment": kept.id, "size": str(kept.size)}
            work.audit.append([AuditRow(self._ids.new("aud"), kept.at, actor, "picture.added", f"tip:{kept.tip_id}", detail=detail)])
            if work.tips.get(kept.tip_id) is not None:  # a report that is only open is told about when it is finished
                payload = {"tip": kept.tip_id, "change": "picture.added", "attachment": kept.id}
                work.events.append([Event(self._ids.new("evt"), EventType.TIP_AMENDED, kept.tip_id, kept.at, kept.tip_id, payload)])
                tell_holder(work, self._ids, kept.at, kept.tip_id, kept.id)
        return None


class Sweep:
    """Housekeeping by time: unfinished reports that are over go with their pictures, and so do bytes that no row names."""

    def __init__(self, side: PartnerStorage, blobs: Blobs, clock: Clock) -> None:
        self._side = side
        self._blobs = blobs
        self._clock = clock
        self._suspects: frozenset[str] = frozenset()

    def run_once(self) -> int:
        """Forget what is over; return how many pictures were destroyed.

        Bytes are put before their row is written, so only what had no row the last time either belongs to nothing.
        """
        with self._side.writing() as work:
            for tip_id in filter(None, work.drafts.forget(self._clock.now())):
                if work.tips.get(tip_id) is None:
                    work.attachments.forget([picture.id for picture in work.attachments.of_tip(tip_id)])
        names = self._blobs.names("att")
        with self._side.reading() as work:
            lost = frozenset(names) - work.attachments.kept(names)
        over = lost & self._suspects
        for name in over:
            self._blobs.destroy(name)
        self._suspects = lost - over
        return len(over)


def _known(work: PartnerWork, tip_id: str, sha256: str) -> Attachment | None:
    """The same picture, if the tip has it. Raises ``InvalidInput`` if it has not and can take no more."""
    pictures = work.attachments.of_tip(tip_id)
    same = next((picture for picture in pictures if picture.sha256 == sha256), None)
    if same is None and len(pictures) >= MOST:
        raise _refused("too_many", f"A report can hold {MOST} pictures, and this one has that many.")
    return same


def _refused(code: str, message: str) -> InvalidInput:
    return InvalidInput([FieldError("photo", code, message)])
