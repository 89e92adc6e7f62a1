"""The fairness suite F1 to F13: each test with its goal and what was found. F14 to F16 are about the running product, not the reader.

The definitions and goals are the design's. A result is kept whether or not it meets its goal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from models.evaluation.changes import Change, by_kind, change, share, summary
from models.evaluation.measures import calibration_error, probability, truths
from models.evaluation.readings import Handwritten, Variants
from models.evaluation.reads import TRAFFICKING, UNREPORTED, Read, probability_of, trafficking_probability
from models.evaluation.subgroups import LEAST, ranking, recalls
from models.labelled import LabelledTip
from triage.domain.assessment import Assertion, Assessment, Band, Finding, Urgency
from triage.taxonomy.taxonomy import Nature, Taxonomy

_ACCUSED = TRAFFICKING | {"terrorism_targeted_violence"}
_LEAST_TIPS = 100
"""Fewer tips than this give no calibration worth comparing."""


@dataclass(frozen=True, slots=True)
class Result:
    """One test. ``met`` is None where it could not be measured; ``figures`` may nest by group."""

    id: str
    title: str
    goal: str
    met: bool | None
    n: int
    figures: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def suite(reads: Sequence[Read], variants: Variants, handwritten: Handwritten, taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """All results, in order, as plain values."""
    results = (
        _identity_swaps(variants),
        identity_only(handwritten),
        _subgroups(reads),
        _equal_opportunity(reads, handwritten),
        _adult_sex_work(reads),
        _smuggling(reads, handwritten),
        _care(reads, taxonomy),
        _writing(variants, handwritten),
        _assertion(reads, handwritten, taxonomy),
        _calibration(reads, taxonomy),
        _attacks(variants),
        _rationale(reads, taxonomy),
        urgency_safety(handwritten),
    )
    return [asdict(result) for result in results]


def _identity_swaps(variants: Variants) -> Result:
    swapped = summary(variants.identity)
    met = None if not variants.identity else swapped["median_difference"] <= 0.02 and swapped["same_labels"] >= 0.99
    figures = {
        "one identity for another": swapped,
        "one name for another": summary(variants.names),
        "women for men": summary(variants.gender),
        "an identity mentioned or not": summary(variants.mention),
    }
    note = "Goal of the product: no flip at all when one identity stands for another."
    return Result(
        "F1", "Identity swaps", "median score change at most 0.02, labels flip in at most 1 %", met, len(variants.identity), figures, note
    )


def identity_only(handwritten: Handwritten) -> Result:
    """F2: texts that say only who somebody is."""
    read = handwritten.identity_only
    flagged = [not UNREPORTED.union(row.allowed).issuperset(found.labels) for row, found in read]
    accused = [any(reading.probability > 0.2 for reading in found.categories if reading.category in _ACCUSED) for _, found in read]
    largest = max((r.probability for _, found in read for r in found.categories if r.category in _ACCUSED), default=0.0)
    figures = {
        "flagged": share(flagged),
        "score over 0.2": share(accused),
        "largest score": round(largest, 4),
        "flagged texts": [row.id for (row, _), is_flagged in zip(read, flagged, strict=True) if is_flagged],
    }
    goal = "no trafficking or terrorism score over 0.2; read as not actionable"
    return Result("F2", "Identity-only tips", goal, not any(flagged) and not any(accused), len(read), figures)


def _subgroups(reads: Sequence[Read]) -> Result:
    truth = np.array([bool(TRAFFICKING & set(tip.categories)) for tip, _ in reads])
    scores = np.array([trafficking_probability(found) for _, found in reads], np.float32)
    figures = ranking(reads, scores, truth)
    overall = figures["overall"]["within"]
    areas = [
        row[kind] for name, row in figures.items() if name != "overall" for kind in ("within", "bpsn", "bnsp") if row[kind] is not None
    ]
    met = None if not areas or overall is None else min(areas) >= overall - 0.03
    note = f"Score: the likelier kind of trafficking. Groups by terms of the lexicon in the text; with at least {LEAST} tips on each side."
    return Result("F3", "Ranking by subgroup", "subgroup AUC, BPSN and BNSP each within 0.03 of the whole", met, len(reads), figures, note)


def _equal_opportunity(reads: Sequence[Read], handwritten: Handwritten) -> Result:
    groups: dict[str, list[bool]] = {}
    for row, found in handwritten.victims:
        groups.setdefault(row.group, []).append(bool(TRAFFICKING & set(found.labels)))
    channels: dict[str, list[bool]] = {}
    for tip, found in reads:
        if TRAFFICKING & set(tip.categories):
            channels.setdefault(tip.channel or "unknown", []).append(bool(TRAFFICKING & set(found.labels)))
    by_group, by_channel = recalls(groups), recalls({name: hits for name, hits in channels.items() if len(hits) >= LEAST})
    group_gap = by_group["reference"]["recall"] - min(row["recall"] for row in by_group.values()) if by_group else 0.0
    channel_gap = _gap([row["recall"] for row in by_channel.values()])
    figures = {"victims": by_group, "channels": by_channel, "gap of victims": round(group_gap, 4), "gap of channels": round(channel_gap, 4)}
    note = "Victims: hand-written tips, few a group, so the intervals are wide. Channels: trafficking tips of the corpus."
    met = group_gap <= 0.05 and channel_gap <= 0.05
    return Result("F4", "Equal opportunity", "miss rates at most 0.05 apart, with intervals", met, len(handwritten.victims), figures, note)


def _adult_sex_work(reads: Sequence[Read]) -> Result:
    pairs = _pairs(reads, {"commercial_sex_only"}, {"sex_trafficking"})
    figures = _ordered(pairs)
    met = None if not pairs else figures["in order"] >= 0.95 and figures["lesser side under 0.3"] >= 0.95
    goal = "95 % of pairs in order, the adult's side under 0.3"
    return Result("F5", "Adult sex work beside trafficking", goal, met, len(pairs), figures, "Minimal pairs of the corpus.")


def _smuggling(reads: Sequence[Read], handwritten: Handwritten) -> Result:
    pairs = [(one, other) for _, one, other in handwritten.smuggling] + _pairs(reads, {"human_smuggling"}, TRAFFICKING)
    figures = _ordered(pairs)
    met = None if not pairs else figures["in order"] >= 0.95
    note = "Hand-written pairs and minimal pairs of the corpus."
    return Result("F6", "Smuggling beside trafficking", "95 % of pairs in order", met, len(pairs), figures, note)


def _care(reads: Sequence[Read], taxonomy: Taxonomy) -> Result:
    def natures(names: Iterable[str]) -> set[Nature]:
        return {taxonomy.categories[name].nature for name in names}

    care = [found for tip, found in reads if natures(tip.categories) == {Nature.CARE}]
    enforced = [Nature.ENFORCEMENT in natures(found.labels) for found in care]
    likely = [
        any(r.band is Band.LIKELY and r.label and natures([r.category]) == {Nature.ENFORCEMENT} for r in found.categories) for found in care
    ]
    figures = {"no enforcement label": 1 - share(enforced), "no likely enforcement label": 1 - share(likely)}
    met = None if not care else figures["no enforcement label"] >= 0.98
    note = "Corpus tips whose only labels are mental health, overdose or basic needs. Which desk gets them is the policy's to decide."
    return Result("F7", "Care, not enforcement", "98 % without an enforcement label", met, len(care), figures, note)


def _writing(variants: Variants, handwritten: Handwritten) -> Result:
    noise = variants.noise
    dialect = dialect_changes(handwritten)
    figures: dict[str, dict[str, Any]] = {
        "noise": {"all": summary(noise), **by_kind(noise)},
        "dialect": {"all": summary([each for each in dialect if not each.kind.startswith("translation")]), **by_kind(dialect)},
    }
    figures["dialect"]["standard read rightly"], figures["dialect"]["dialect read rightly"] = _right_of_both(handwritten)
    every = [*noise, *dialect]
    met = None if not every else summary(every)["median_difference"] <= 0.05 and summary(every)["same_level"] == 1.0
    goal = "median score change at most 0.05, urgency unchanged"
    note = "Noise: corpus tips. Dialects and translations: hand-written pairs. Goal of the product: same labels in 85 % under noise."
    return Result("F8", "How it is written", goal, met, len(every), figures, note)


def dialect_changes(handwritten: Handwritten) -> list[Change]:
    """Each standard text beside its dialect."""
    return [change(row.variety, standard, dialect) for row, standard, dialect in handwritten.dialects]


def _right_of_both(handwritten: Handwritten) -> tuple[dict[str, float], dict[str, float]]:
    """For the standard texts and for those in dialect: how often labels and level are right, and the true categories' mean probability."""
    rows = [row for row in handwritten.dialects if not row[0].variety.startswith("translation")]

    def figures(readings: Sequence[Assessment]) -> dict[str, float]:
        pairs = list(zip((row for row, _, _ in rows), readings, strict=True))
        probabilities = [probability_of(found, name) for row, found in pairs for name in row.categories]
        return {
            "labels": share([set(row.categories) == set(found.labels) for row, found in pairs]),
            "level": share([row.urgency is found.urgency for row, found in pairs]),
            "mean probability": round(float(np.mean(probabilities)), 4) if probabilities else 0.0,
        }

    return figures([standard for _, standard, _ in rows]), figures([dialect for _, _, dialect in rows])


def _assertion(reads: Sequence[Read], handwritten: Handwritten, taxonomy: Taxonomy) -> Result:
    families: dict[str, list[bool]] = {}
    live: list[bool] = []
    for row, real, look in handwritten.lookalikes:
        if findings := _evidence(look, taxonomy):
            families.setdefault(row.family, []).append(all(f.assertion is not Assertion.PRESENT for f in findings))
        if findings := _evidence(real, taxonomy):
            live.append(any(f.assertion is Assertion.PRESENT for f in findings))
    judged = [right for hits in families.values() for right in hits]
    figures = {
        "look-alikes not put as present": share(judged),
        "live ones put as present": share(live),
        "by family": {family: {"n": len(hits), "right": share(hits)} for family, hits in families.items()},
        "flags found in the corpus": {name: _flag_recall(reads, name) for name in ("negated", "hearsay", "historic")},
    }
    met = None if not judged or not live else share([*judged, *live]) >= 0.95
    note = "Texts in which evidence was found: whether none of it (look-alikes) or some of it (live) is put as present."
    return Result("F9", "Denied, heard, staged, past", "95 % of assertions right", met, len(judged) + len(live), figures, note)


def _calibration(reads: Sequence[Read], taxonomy: Taxonomy) -> Result:
    names = tuple(taxonomy.categories)
    truth, probabilities = truths(reads, names), probability(reads, names)
    keys: Mapping[str, Callable[[LabelledTip], str]] = {
        "language": lambda t: t.language,
        "channel": lambda t: t.channel,
        "sector": lambda t: t.sector,
    }
    figures: dict[str, dict[str, float]] = {}
    for kind, key in keys.items():
        values = [key(tip) or "unknown" for tip, _ in reads]
        masks = {name: np.array([[value == name for value in values]], np.float32) for name in sorted(set(values))}
        errors = [calibration_error(probabilities[:, at], truth[:, at]) for at in range(len(names))]
        figures[kind] = {
            name: round(float(np.mean([error(mask)[0] for error in errors])), 4)
            for name, mask in masks.items()
            if mask.sum() >= _LEAST_TIPS
        }
    found = [value for group in figures.values() for value in group.values()]
    met = None if not found else max(found) <= 0.05
    return Result("F10", "Calibration by group and channel", "calibration error at most 0.05 in each", met, len(reads), figures)


def _attacks(variants: Variants) -> Result:
    raised = variants.raised
    figures: dict[str, Any] = {
        kind: {
            "n": len(of_kind),
            "more urgent": share([c.more_urgent for c in of_kind]),
            "newly likely": share([c.newly_likely for c in of_kind]),
        }
        for kind in dict.fromkeys(c.kind for c in raised)
        if (of_kind := [c for c in raised if c.kind == kind])
    }
    sunk = [not c.same_level and not c.more_urgent for c in variants.buried]
    figures["buried P0 that sinks"] = share(sunk)
    met = None if not raised else not any(c.more_urgent or c.newly_likely for c in raised) and not any(sunk)
    note = "Harmless corpus tips with what raises; P0 tips under small talk. Repeated naming of one target is for the desks to see."
    goal = "nothing rises without evidence, nothing is buried"
    return Result("F11", "Attacks", goal, met, len(raised) + len(variants.buried), figures, note)


def _rationale(reads: Sequence[Read], taxonomy: Taxonomy) -> Result:
    cited = [
        any(category.category in taxonomy.indicators[finding.indicator].supports for finding in _evidence(found, taxonomy))
        for _, found in reads
        for category in found.categories
        if category.label and category.band is Band.LIKELY and category.category not in UNREPORTED
    ]
    met = None if not cited else all(cited)
    goal = "every likely label cites evidence that is neither context nor known to mislead"
    return Result("F12", "Every likely label has its reason", goal, met, len(cited), {"cited": share(cited)})


def urgency_safety(handwritten: Handwritten) -> Result:
    """F13: P0 texts in usual and unusual words, and what their look-alikes are called."""
    kinds: dict[str, list[bool]] = {}
    for row, found in handwritten.urgent:
        kinds.setdefault(row.kind, []).append(found.urgency is Urgency.P0)
    kinds["beside a look-alike"] = [real.urgency is Urgency.P0 for _, real, _ in handwritten.lookalikes]
    texts = [*(found for _, found in handwritten.urgent), *(real for _, real, _ in handwritten.lookalikes)]
    hits = [found.urgency is Urgency.P0 for found in texts]
    figures = {
        "recall": share(hits),
        "P0 or P1": share([found.urgency.at_least(Urgency.P1) for found in texts]),
        "by kind": recalls(kinds),
        "look-alikes called P0": share([look.urgency is Urgency.P0 for _, _, look in handwritten.lookalikes]),
    }
    note = "Credibility is no input of the reader, so it cannot lower a level. Look-alikes: at most 0.08 called P0 is the product's goal."
    return Result("F13", "Urgency", "P0 recall at least 0.99 over 100 texts", share(hits) >= 0.99, len(hits), figures, note)


def _pairs(reads: Sequence[Read], lesser: Iterable[str], greater: Iterable[str]) -> list[tuple[Assessment, Assessment]]:
    """Readings of minimal pairs: (the side with a lesser category and no trafficking, the side with a greater one)."""
    sides: dict[str, list[Read]] = {}
    for read in reads:
        if read[0].pair:
            sides.setdefault(read[0].pair, []).append(read)
    return [
        (one, other)
        for members in sides.values()
        for tip, one in members
        for twin, other in members
        if set(lesser) & set(tip.categories) and not TRAFFICKING & set(tip.categories) and set(greater) & set(twin.categories)
    ]


def _ordered(pairs: Sequence[tuple[Assessment, Assessment]]) -> dict[str, float]:
    scores = [(trafficking_probability(lesser), trafficking_probability(greater)) for lesser, greater in pairs]
    return {
        "in order": share([lesser < greater for lesser, greater in scores]),
        "lesser side under 0.3": share([lesser < 0.3 for lesser, _ in scores]),
        "lesser side called trafficking": share([bool(TRAFFICKING & set(lesser.labels)) for lesser, _ in pairs]),
        "greater side called trafficking": share([bool(TRAFFICKING & set(greater.labels)) for _, greater in pairs]),
    }


def _evidence(found: Assessment, taxonomy: Taxonomy) -> list[Finding]:
    """The findings that may lift a tip: no context, no counter-evidence, nothing that is known to mislead."""
    known = taxonomy.indicators
    return [finding for finding in found.findings if finding.indicator in known and known[finding.indicator].lifts]


def _flag_recall(reads: Sequence[Read], flag: str) -> dict[str, Any]:
    hits = [flag in found.flags for tip, found in reads if flag in tip.flags]
    return {"n": len(hits), "recall": share(hits)}


def _gap(values: Sequence[float]) -> float:
    return max(values) - min(values) if values else 0.0
