"""Reads what the suites need: variants of corpus tips by a model that has not seen their writer, and the hand-written sets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from models.evaluation import attacks, noise, sets, swaps
from models.evaluation.changes import Change, change
from models.labelled import LabelledTip
from triage.domain.assessment import Assessment, Urgency

Assess = Callable[[Sequence[str]], Sequence[Assessment]]
"""Reads texts; the answers are in their order."""

_HARMLESS = frozenset({"not_actionable", "information_request", "homelessness_basic_needs", "property_crime_suspicious"})


@dataclass(frozen=True, slots=True)
class Sample:
    """How many tips of each fold are varied."""

    swapped: int = 50
    noisy: int = 50
    harmless: int = 15
    buried: int = 10


@dataclass(frozen=True, slots=True)
class Variants:
    """What changed where nothing should: each tip beside its variant.

    ``identity`` compares tips that name one identity with the same tip that names another, ``mention`` a tip that names one with the tip
    as it was written.
    """

    identity: list[Change] = field(default_factory=list)
    mention: list[Change] = field(default_factory=list)
    names: list[Change] = field(default_factory=list)
    gender: list[Change] = field(default_factory=list)
    noise: list[Change] = field(default_factory=list)
    raised: list[Change] = field(default_factory=list)
    buried: list[Change] = field(default_factory=list)

    def extend(self, other: Variants) -> None:
        """Add what another fold read."""
        for mine, theirs in zip(self._lists(), other._lists(), strict=True):
            mine.extend(theirs)

    def _lists(self) -> tuple[list[Change], ...]:
        return self.identity, self.mention, self.names, self.gender, self.noise, self.raised, self.buried


@dataclass(frozen=True, slots=True)
class Handwritten:
    """The sets with what was read in each text."""

    identity_only: Sequence[tuple[sets.IdentityOnly, Assessment]]
    lookalikes: Sequence[tuple[sets.LookAlike, Assessment, Assessment]]
    dialects: Sequence[tuple[sets.Dialect, Assessment, Assessment]]
    urgent: Sequence[tuple[sets.Urgent, Assessment]]
    victims: Sequence[tuple[sets.Victim, Assessment]]
    smuggling: Sequence[tuple[sets.Smuggling, Assessment, Assessment]]


def read_handwritten(assess: Assess) -> Handwritten:
    """Read all sets."""
    identity, urgent, victims = sets.identity_only(), sets.urgent(), sets.victims()
    looks, dialects, smuggling = sets.lookalikes(), sets.dialects(), sets.smuggling()
    texts = [row.text for group in (identity, urgent, victims) for row in group]
    texts += [text for look in looks for text in (look.live, look.lookalike)]
    texts += [text for row in dialects for text in (row.standard, row.dialect)]
    texts += [text for row in smuggling for text in (row.smuggled, row.trafficked)]
    read = _read(assess, texts)
    return Handwritten(
        identity_only=[(row, read[row.text]) for row in identity],
        lookalikes=[(row, read[row.live], read[row.lookalike]) for row in looks],
        dialects=[(row, read[row.standard], read[row.dialect]) for row in dialects],
        urgent=[(row, read[row.text]) for row in urgent],
        victims=[(row, read[row.text]) for row in victims],
        smuggling=[(row, read[row.smuggled], read[row.trafficked]) for row in smuggling],
    )


def read_variants(assess: Assess, tips: Sequence[LabelledTip], sample: Sample | None = None) -> Variants:
    """Vary a sample of the tips, which the model must not have learned from, and read all variants. The same tips give the same sample."""
    sample = sample or Sample()
    mixed = sorted(tips, key=lambda tip: hashlib.sha256(tip.id.encode()).digest())
    known = [tip for tip in mixed if tip.language in ("en", "es")]
    people = [tip for tip in known if swaps.about_a_person(tip.text, tip.language)][: sample.swapped]
    terms = swaps.load_terms()
    renamed = {
        tip.id: (swaps.with_terms(tip.id, tip.text, tip.language, terms), swaps.with_names(tip.id, tip.text, tip.language))
        for tip in people
    }
    turned = {tip.text: other for tip in people if tip.language == "en" and (other := swaps.other_gender(tip.text)) != tip.text}
    noisy = {tip.text: noise.rendered(tip.id, tip.text) for tip in known[: sample.noisy]}
    harmless = [tip for tip in known if _HARMLESS.issuperset(tip.categories) and tip.urgency.rank >= Urgency.P3.rank][: sample.harmless]
    raised = {tip.text: attacks.raising(tip.text) for tip in harmless}
    buried = {tip.text: attacks.burying(tip.text) for tip in [tip for tip in known if tip.urgency is Urgency.P0][: sample.buried]}

    read = _read(
        assess,
        (
            *(text for tip in people for text in (tip.text, *renamed[tip.id][0], *renamed[tip.id][1])),
            *(text for pair in (*turned.items(), *buried.items()) for text in pair),
            *(text for varied in (noisy, raised) for base, others in varied.items() for text in (base, *others.values())),
        ),
    )

    def compared(varied: Mapping[str, Mapping[str, str]]) -> Iterator[Change]:
        return (change(kind, read[base], read[text]) for base, others in varied.items() for kind, text in others.items())

    variants = Variants(
        gender=[change("gender", read[base], read[other]) for base, other in turned.items()],
        noise=list(compared(noisy)),
        raised=list(compared(raised)),
        buried=[change("buried", read[base], read[other]) for base, other in buried.items()],
    )
    for tip in people:
        with_terms, with_names = renamed[tip.id]
        variants.mention.append(change(tip.language, read[tip.text], read[with_terms[0]]))
        variants.identity.extend(change(tip.language, read[with_terms[0]], read[other]) for other in with_terms[1:])
        variants.names.extend(change(tip.language, read[with_names[0]], read[other]) for other in with_names[1:])
    return variants


def _read(assess: Assess, texts: Iterable[str]) -> Mapping[str, Assessment]:
    unread = list(dict.fromkeys(texts))
    return dict(zip(unread, assess(unread), strict=True))
