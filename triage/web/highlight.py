"""Evidence in a text: the text cut at every edge of a span, so that overlapping evidence needs no nested marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from triage.domain.assessment import Assertion, Assessment
from triage.taxonomy.taxonomy import Taxonomy
from triage.web.wording import ASSERTIONS, entity_title, indicator_title


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was read in the text, numbered from 1 for the page. ``search`` is a query that finds it elsewhere."""

    number: int
    kind: str  # finding, entity or cue
    title: str
    meaning: str
    start: int
    end: int
    asserted: bool
    how: str
    by: str
    search: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of the text and the evidence that covers all of it. Joined again, the segments are the text, unchanged."""

    text: str
    evidence: tuple[Evidence, ...]
    opens: tuple[int, ...]  # numbers of the evidence that begins here

    @property
    def label(self) -> str:
        """What a pointer shows: every piece of evidence here."""
        return "; ".join(f"{e.title} ({e.how})" if e.how else e.title for e in self.evidence)

    @property
    def style(self) -> str:
        """The class names of the mark: the strongest kind, and whether it is said to be so."""
        kinds = {e.kind for e in self.evidence}
        strongest = next(kind for kind in ("finding", "cue", "entity") if kind in kinds)
        return f"ev ev-{strongest}" + ("" if any(e.asserted for e in self.evidence if e.kind == strongest) else " ev-not")


def evidence_of(assessment: Assessment, taxonomy: Taxonomy) -> tuple[Evidence, ...]:
    """Findings, cues of urgency and entities, each in the order of the text."""
    made: list[Evidence] = []
    for finding in sorted(assessment.findings, key=lambda f: (f.start, f.end, f.indicator)):
        known = taxonomy.indicators.get(finding.indicator)
        how = ASSERTIONS[finding.assertion]
        by = f"{finding.by} {finding.version}"
        title, meaning = indicator_title(finding.indicator), known.definition if known else ""
        asserted = finding.assertion is Assertion.PRESENT
        made.append(Evidence(len(made) + 1, "finding", title, meaning, finding.start, finding.end, asserted, how, by))
    for vote in assessment.urgency_votes:
        if vote.end > vote.start:
            title = f"{vote.level.value} {taxonomy.urgency_titles[vote.level]}"
            made.append(Evidence(len(made) + 1, "cue", title, vote.reason, vote.start, vote.end, True, "cue of urgency", vote.by))
    for entity in sorted(assessment.entities, key=lambda e: (e.start, e.end, e.type)):
        remarks = [word for word, holds in (("partial", entity.partial), ("check digit wrong", entity.valid is False)) if holds]
        how = ", ".join([*([entity.role] if entity.role != "unknown" else []), *remarks])
        value = entity.value or entity.raw
        search = search_for(entity.type, value)
        title = f"{entity_title(entity.type)}: {value}"
        made.append(Evidence(len(made) + 1, "entity", title, "", entity.start, entity.end, True, how, "", search))
    return tuple(made)


def segments(text: str, evidence: Sequence[Evidence]) -> tuple[Segment, ...]:
    """Cut ``text`` at the edges of the evidence (code points). Spans that lie outside it are cut to it."""
    spans = [(max(0, e.start), min(len(text), e.end), e) for e in evidence]
    spans = [(start, end, e) for start, end, e in spans if start < end]
    edges = sorted({0, len(text), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    cut: list[Segment] = []
    for left, right in pairwise(edges):
        here = tuple(e for start, end, e in spans if start <= left and right <= end)
        opens = tuple(e.number for start, _, e in spans if start == left)
        cut.append(Segment(text[left:right], here, opens))
    return tuple(cut)


def search_for(entity_type: str, value: str) -> str:
    """What to type into the search box to find the same thing elsewhere."""
    quoted = '"' + value.replace('"', " ").strip() + '"'
    field = "handle" if entity_type in ("email", "url") else entity_type  # the index keeps all that names somebody online in one field
    return f"{field}:{quoted}" if field in ("plate", "phone", "handle") else quoted
