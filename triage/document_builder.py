"""From a case and what was read in its tips to the document that the search index holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from triage.domain.assessment import READ_LIMIT, Assertion, Assessment, Entity
from triage.domain.case import Case
from triage.domain.document import CaseDocument
from triage.domain.tip import Tip
from triage.redaction import redact

TITLE_WORDS = 14
TITLE_LENGTH = 90
"""A title ends after whichever comes first."""

_ONLINE = frozenset({"handle", "email", "url"})


def case_document(
    case: Case, tips: Mapping[str, Tip], assessments: Mapping[str, Assessment], partner_sectors: Mapping[str, str]
) -> CaseDocument:
    """The search document of ``case``, at the case's version.

    ``tips`` and ``assessments`` are those of the case's tips by tip id; ``partner_sectors`` tells the sector of a partner's slug. What
    stems from several tips stands newest tip first, without repeats. A tip that was not read yet adds no text, because nobody
    knows yet which parts of it tell who the sender is. A case without tips keeps the time at which it was opened.
    """
    newest_first = sorted((tips[tip] for tip in case.tips if tip in tips), key=lambda tip: (tip.received_at, tip.id), reverse=True)
    read = [(tip, assessments[tip.id]) for tip in newest_first if tip.id in assessments]
    texts = [redact(tip.text[:READ_LIMIT], assessment.entities) for tip, assessment in read]
    entities = [entity for _, assessment in read for entity in assessment.entities if entity.role != "reporter" and entity.value]
    return CaseDocument(
        case_id=case.id,
        version=case.version,
        readers=case.readers,
        kind=case.kind.value,
        desk=case.desk,
        status=case.status.value,
        urgency=case.urgency.value,
        life_threat=case.life_threat,
        band=case.band.value,
        categories=case.categories,
        indicators=_unique(
            finding.indicator for _, assessment in read for finding in assessment.findings if finding.assertion is Assertion.PRESENT
        ),
        flags=_unique(flag for _, assessment in read for flag in assessment.flags),
        county=case.county,
        state=case.state,
        partners=_unique(tip.partner for tip in newest_first),
        sectors=_unique(partner_sectors.get(tip.partner, "") for tip in newest_first),
        languages=_unique(assessment.language for _, assessment in read),
        plates=_unique([*_values(entities, {"plate"}), *(_plate(vehicle.plate) for tip in newest_first for vehicle in tip.vehicles)]),
        phones=_unique(_values(entities, {"phone"})),
        handles=_unique(_values(entities, _ONLINE)),
        tips=case.tips,
        title=_title(texts[0]) if texts else "",
        text="\n\n".join(texts),
        received_at=newest_first[0].received_at if newest_first else case.opened_at,
        opened_at=case.opened_at,
    )


def _values(entities: Iterable[Entity], types: Set[str]) -> list[str]:
    return [entity.value for entity in entities if entity.type in types]


def _plate(typed: str) -> str:
    """A plate as the sender typed it, in the form of a normalised one: letters and digits only, in capitals."""
    return "".join(filter(str.isalnum, typed)).upper()


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values without empty ones and repeats, each where it came first."""
    return tuple(dict.fromkeys(value for value in values if value))


def _title(text: str) -> str:
    """The first words of the text, cut at a word."""
    words = text.split()
    title = " ".join(words[:TITLE_WORDS])
    if len(title) > TITLE_LENGTH:
        title = title[:TITLE_LENGTH].rsplit(" ", 1)[0]
    return title if title == " ".join(words) else f"{title} …"
