"""Opens what senders gave and is kept sealed, for the desk's side."""

from __future__ import annotations

from ingest.ports import PartnerStorage, Purpose, Sealer
from ingest.receive import decode_contact
from triage.domain.tip import Contact
from triage.ports import Blobs, Vault


class SealedVault(Vault):
    """Pictures out of the blobs and contact details out of their table, each opened by the sealer."""

    def __init__(self, side: PartnerStorage, blobs: Blobs, sealer: Sealer) -> None:
        self._side = side
        self._blobs = blobs
        self._sealer = sealer

    def picture(self, attachment_id: str) -> bytes | None:
        sealed = self._blobs.get(attachment_id)
        return None if sealed is None else self._sealer.open(Purpose.PHOTO, attachment_id, sealed)

    def destroy_picture(self, attachment_id: str) -> None:
        self._blobs.destroy(attachment_id)

    def contact(self, tip_id: str) -> Contact | None:
        with self._side.reading() as work:
            sealed = work.contacts.get(tip_id)
        return None if sealed is None else decode_contact(self._sealer.open_contact(tip_id, sealed))
