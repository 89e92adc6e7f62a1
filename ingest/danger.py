"""Whether a report should be read before others: somebody says, or it sounds as if, a person is in danger now.

This is not the reading. It only decides in which lane a report waits for its reading, which decides about urgency as it always does. A
false alarm costs others a moment; a miss costs the report its place in front, and nothing else. So plain phrases are enough, in the
languages that the product asks in.
"""

from __future__ import annotations

import re

from ingest.submission import Submission
from triage.domain.tip import Answer

LOOK_AT = 2_000
"""Characters that are looked at: who is in danger says so at the beginning."""

_ENGLISH = (
    "help me|help us|call 911|in danger|happening now|held against|hostages?|kidnap(?:ped|ping)?",
    "(?:won t|wont|not) let (?:me|us|her|him|them) (?:leave|go|out)",
    "(?:can t|cant|cannot) (?:get out|leave|escape|breathe)",
    "locked (?:in|inside|up)|(?:has|have|with|got) (?:a|an) (?:gun|knife|weapon|bomb)",
    "(?:going to|gonna|will|wants to) (?:kill|hurt|shoot|stab|jump|die)|kill (?:me|us|him|her|them|himself|herself|themselves|myself)",
    "being (?:beaten|raped|attacked|held|choked|stabbed|hurt)|(?:beating|choking|hurting|raping) (?:me|us|her|him|them)",
    "bleeding|unconscious|not breathing|overdos(?:e|ed|ing)|suicid(?:e|al)|shooting|screaming",
)
_SPANISH = (
    "ayuda(?:me|nos)?|ayuden(?:me|nos)?|auxilio|socorro|peligro|rehen(?:es)?|secuestr(?:o|ada|ado|adas|ados|aron)",
    "no (?:me|nos|la|lo|las|los|le|les) dejan? (?:salir|ir|irse)|encerrad[ao]s?",
    "tienen? (?:un|una) (?:arma|pistola|cuchillo|bomba)|con (?:un|una) (?:arma|pistola|cuchillo)",
    "(?:va|van) a (?:matar|morir|disparar|lastimar)\\w*|matar(?:me|nos|la|lo|las|los|se)|(?:golpeando|violando)\\w*|(?:golpean|violan)",
    "sangra(?:ndo)?|inconsciente|no respira|sobredosis|suicid(?:io|arse)|disparos|gritando",
)
_PHRASE = re.compile(rf"\b(?:{'|'.join((*_ENGLISH, *_SPANISH))})\b")


def says_danger(submission: Submission) -> bool:
    """Whether the sender answered that somebody is in danger now."""
    return submission.life_threat is True or submission.life_threat is Answer.YES


def sounds_urgent(words: str) -> bool:
    """Whether a text sounds so; ``words`` is its beginning in plain form (``triage.plain``)."""
    return _PHRASE.search(words) is not None
