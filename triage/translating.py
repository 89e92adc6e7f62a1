"""A tip's text in English, made by a machine while somebody looks. Nothing of it is kept, and no evidence rests on it."""

from __future__ import annotations

from dataclasses import dataclass

from triage.domain.access import Viewer
from triage.domain.assessment import READ_LIMIT
from triage.domain.audit import AuditRow
from triage.domain.errors import Conflict, NotFound
from triage.domain.tip import Tip
from triage.ports import Clock, Ids, Storage, Translation, Translator
from triage.redaction import redact, tells_of_reporter

TARGET = "en"
LONGEST = 10_000
"""Characters that are translated at once; of a longer text its beginning."""
_NOT_KNOWN = ("", "und")


@dataclass(frozen=True, slots=True)
class Translated:
    """A tip's own text and its translation. ``cut``: only the first ``LONGEST`` characters were translated.

    ``left_out`` counts what tells who the sender is, for which a token such as ``[phone]`` was sent.
    """

    tip: Tip
    language: str
    translation: Translation
    cut: bool
    left_out: int


def is_foreign(language: str) -> bool:
    """Whether a text in this language (a BCP 47 tag) can be asked to be translated."""
    return language not in _NOT_KNOWN and language.partition("-")[0].lower() != TARGET


def translate(storage: Storage, translator: Translator, clock: Clock, ids: Ids, viewer: Viewer, tip_id: str) -> Translated:
    """The translation. The look is written down before anything leaves.

    Raises ``NotFound`` for what the viewer may not read, ``Conflict`` for a text that needs no translation or that nobody has read yet (so
    that what tells of its sender is not known), ``Unavailable`` where the service gives none.
    """
    with storage.reading() as work:
        tip, case = work.tips.get(tip_id), work.cases.of_tip(tip_id)
        if tip is None or case is None:
            raise NotFound("tip", tip_id)
        viewer.check_reads("tip", tip_id, case.readers)
        reading = work.assessments.get_many([tip_id]).get(tip_id)
    if reading is None:
        raise Conflict("the tip was not read yet, so what in it tells of its sender is not known. Try again in a minute.")
    if not is_foreign(reading.language):
        raise Conflict("the tip is in English already, or its language is not known.")
    safe = redact(tip.text[:READ_LIMIT], reading.entities)
    sent = safe[:LONGEST]
    left_out = sum(map(tells_of_reporter, reading.entities))
    detail = {"from": reading.language, "to": TARGET, "characters": str(len(sent)), "left_out": str(left_out), "desk": case.desk}
    row = AuditRow(ids.new("aud"), clock.now(), f"user:{viewer.user}", "tip.translate", f"tip:{tip_id}", viewer.purpose, detail)
    with storage.writing() as work:
        work.audit.append([row])
    made = translator.translate(sent, reading.language.partition("-")[0].lower(), TARGET)
    return Translated(tip, reading.language, made, cut=len(sent) < len(tip.text) and len(safe) > LONGEST, left_out=left_out)
