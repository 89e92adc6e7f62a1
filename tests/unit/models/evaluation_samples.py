"""Labelled tips and assessments whose figures are known."""

from __future__ import annotations

from collections.abc import Mapping

from models.evaluation.readings import Handwritten
from models.labelled import LabelledTip
from triage.domain.assessment import Assertion, Assessment, Band, CategoryReading, Entity, Finding, Urgency
from triage.taxonomy.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()

EMPTY = Handwritten((), (), (), (), (), ())


def tip(
    *categories: str,
    urgency: Urgency = Urgency.P2,
    id: str = "1",
    text: str = "he has her ID, plate ABC123",
    group: str = "t1_w",
    pair: str = "",
    language: str = "en",
    channel: str = "sms",
    flags: tuple[str, ...] = (),
    indicators: tuple[tuple[str, str], ...] = (),
    entities: tuple[tuple[str, str], ...] = (),
) -> LabelledTip:
    return LabelledTip(id, text, language, group, categories, urgency, flags, indicators, entities, pair, channel, "public")


def found(
    probabilities: Mapping[str, float],
    urgency: Urgency = Urgency.P2,
    findings: tuple[Finding, ...] = (),
    entities: tuple[Entity, ...] = (),
    flags: tuple[str, ...] = (),
    likely_from: float = 0.8,
) -> Assessment:
    """A reading with these probabilities, all others 0; a label from 0.5 on."""
    rows = tuple(
        CategoryReading(name, p, p >= 0.5, Band.LIKELY if p >= likely_from else Band.POSSIBLE if p >= 0.5 else Band.UNLIKELY)
        for name in TAXONOMY.categories
        for p in [probabilities.get(name, 0.0)]
    )
    return Assessment("1", "en", 1.0, rows, urgency, (), flags, findings, entities, (), "m")


def finding(indicator: str, start: int = 0, end: int = 5, assertion: Assertion = Assertion.PRESENT) -> Finding:
    return Finding(indicator, start, end, assertion, "rule", "1")


def supporting(category: str) -> str:
    """An indicator that supports the category and may lift it."""
    return next(row.id for row in TAXONOMY.indicators.values() if row.lifts and category in row.supports)
