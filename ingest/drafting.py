"""Answers that are not sent yet: kept from question to question, or under a code until the person comes back.

Nothing here can be opened by the server alone. The answers of a form are sealed under a secret that only the page holds, so that they
are gone for everybody when the page is closed; those that were saved for later under the receipt code, of which only a keyed hash is
stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from ingest.domain.draft import FORM_IDLE, LEFT_FOR, SAVED_FOR, Draft, DraftKind
from ingest.ports import PartnerStorage, Sealer
from ingest.receipts import new_code, read_code
from ingest.receive import Reserved
from triage.domain.audit import AuditRow
from triage.ports import Clock, Ids


@dataclass(frozen=True, slots=True)
class Kept:
    """An unfinished report: whose form it is, the answers by field name, and the code and tip id that were promised with "save"."""

    partner: str
    answers: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    tip_id: str = ""

    @property
    def reserved(self) -> Reserved:
        """What was promised, for ``Receiver.receive``."""
        return Reserved(self.tip_id, self.code)


class Drafting:
    """Keeps and finds unfinished reports. ``random`` gives that many random bytes, for secrets and codes."""

    def __init__(self, storage: PartnerStorage, sealer: Sealer, clock: Clock, ids: Ids, random: Callable[[int], bytes]) -> None:
        self._storage = storage
        self._sealer = sealer
        self._clock = clock
        self._ids = ids
        self._random = random

    def load(self, secret: str) -> Kept | None:
        """What the page with this secret has answered; None once its hour without an answer is over.

        A form that was left in a hurry is nobody's any more: its ``partner`` is empty.
        """
        return self._open(_id_of(secret), secret)

    def keep(self, secret: str, kept: Kept) -> None:
        """Keep the answers of an open form for another ``FORM_IDLE``."""
        with self._storage.writing() as work:
            work.drafts.put(self._form(secret, kept))

    def save_for_later(self, secret: str, kept: Kept) -> Kept:
        """Keep them under a code for ``SAVED_FOR`` and return them with it. The form goes on with the same code, however often saved."""
        now = self._clock.now()
        saved = kept if kept.code else replace(kept, code=new_code(self._random), tip_id=self._ids.new("tip"))
        id = self._sealer.receipt_hash(saved.code)
        draft = Draft(id, DraftKind.SAVED, saved.partner, "", self._seal(saved.code, id, saved), now + SAVED_FOR)
        with self._storage.writing() as work:
            work.drafts.put(draft)
            work.drafts.put(self._form(secret, saved))
            work.audit.append([AuditRow(self._ids.new("aud"), now, "public", "report.saved", f"tip:{saved.tip_id}")])
        return saved

    def resume(self, typed: str) -> tuple[str, Kept] | None:
        """Open the form again that was saved under a code: the secret of the new form, and what it holds. None if there is none.

        What is no code at all is looked up like a wrong one, so that it takes as long. Sent reports are found by ``tip_of_code`` first:
        what is saved here was "not sent yet".
        """
        code = read_code(typed) or ""
        kept = self._open(self._sealer.receipt_hash(code), code)
        if kept is None:
            return None
        secret = self.new_secret()
        self.keep(secret, kept)
        return secret, kept

    def forget_saved(self, code: str) -> None:
        """Delete what was saved under a code: it was sent."""
        with self._storage.writing() as work:
            work.drafts.remove(self._sealer.receipt_hash(code))

    def leave(self, secret: str) -> None:
        """Forget the answers of a form that was left in a hurry, and let its pages lead nowhere if the browser sends them again."""
        id = _id_of(secret)
        closed = Draft(id, DraftKind.FORM, "", "", self._seal(secret, id, Kept("")), self._clock.now() + LEFT_FOR)
        with self._storage.writing() as work:
            work.drafts.put(closed)

    def new_secret(self) -> str:
        """The secret of a new form: 128 random bits in hex."""
        return self._random(16).hex()

    def _form(self, secret: str, kept: Kept) -> Draft:
        id = _id_of(secret)
        return Draft(id, DraftKind.FORM, kept.partner, "", self._seal(secret, id, kept), self._clock.now() + FORM_IDLE)

    def _seal(self, secret: str, id: str, kept: Kept) -> bytes:
        return self._sealer.seal_answer(secret, id, msgspec.json.encode(kept))

    def _open(self, id: str, secret: str) -> Kept | None:
        """None as well for a draft from before the server's keys were replaced: nobody can read it any more."""
        with self._storage.reading() as work:
            draft = work.drafts.get(id, self._clock.now())
        if draft is None or draft.kind is DraftKind.OPEN:
            return None
        try:
            return msgspec.json.decode(self._sealer.open_answer(secret, id, draft.sealed), type=Kept)
        except ValueError:
            return None


def _id_of(secret: str) -> str:
    return hashlib.sha256(f"draft:{secret}".encode()).hexdigest()
