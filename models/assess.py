"""Reads tips: the one place where language, rules and classifier come together into an ``Assessment``."""

from __future__ import annotations

import gc
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import numpy as np
import spacy.language

from models import artifact, bands, fallback
from models.classifier import Answers, Classifier, Scores, choose
from models.deep.optional import load_blended
from models.fingerprint import Fingerprinter
from models.given import given
from models.heads import CATEGORY
from models.indicators.learned import LearnedReader
from models.indicators.store import load as load_indicators
from models.joint import EvidenceReader
from models.language import Language, LanguageReader
from models.levels import FACTS
from models.normalise import load_normaliser
from models.pipeline import Notes, build_pipeline, make_doc, notes
from models.ports import TipText
from models.urgency import UrgencyReader, level
from triage.domain.assessment import READ_LIMIT, Assessment, Band, CategoryReading, Urgency, UrgencyVote
from triage.taxonomy.taxonomy import FLAGS, Taxonomy

BATCH = 256
"""How many tips are read at once. Larger batches are not faster, and everything of one is in memory."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS = FACTS.index("words")
_RULES_ONLY = "rules-only"
_UNREAD = "rule:unread/"
_MODEL_JUDGES = 250
"""Up to so many words, the length of the tips it learned from, a rule's vote for P1 to P4 needs the model not to rule it out. In a longer
text one alarming sentence hardly moves the model, and the rule stands. A rule's vote for P0 always stands."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the trained models said of one tip: who answered, its scores, the categories that count; ``words``: how much it says."""

    by: Answers
    scores: Scores
    labels: set[str]
    words: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """One tip on its way: what the pipeline, the language reader and the classifier said."""

    tip: TipText
    notes: Notes
    language: Language
    fingerprint: tuple[int, ...]
    judged: _Judged | None
    degraded: tuple[str, ...]


class Assessor:
    """Reads tips in batches. Any Unicode text gives an assessment; what could not be done stands in ``degraded``.

    One object, one thread; make one a process (a few seconds).
    """

    def __init__(
        self,
        nlp: spacy.language.Language,
        trained: tuple[Classifier, LearnedReader] | None,
        language: LanguageReader,
        taxonomy: Taxonomy,
        lacking: str = "",
        blended: Answers | None = None,
    ) -> None:
        """``blended`` answers with both readers of categories; None where the second is not installed or not wanted."""
        self._nlp = nlp
        self._trained = trained
        self._blended = blended
        self._lacking = lacking
        self._language = language
        self._taxonomy = taxonomy
        self._fingerprint = Fingerprinter()
        self._urgency = UrgencyReader()
        self._evidence = EvidenceReader(taxonomy)
        self._excludes: Mapping[str, Collection[str]] = {name: category.excludes for name, category in taxonomy.categories.items()}

    @classmethod
    def load(cls, folder: Traversable | None, taxonomy: Taxonomy, *, second: bool = True) -> Assessor:
        """Load the model in ``folder``, the packaged one for None. Raises ``ArtifactError`` if it cannot be used.

        With ``second`` the second reader is loaded too, where there is one and what runs it (extra ``deep``) is installed.
        """
        with _no_garbage():
            normaliser = load_normaliser()
            first = Classifier(artifact.load(folder, normaliser, tuple(taxonomy.categories)))
            learned = LearnedReader(load_indicators(folder, normaliser, tuple(taxonomy.indicators)), normaliser, taxonomy)
            blended = load_blended(folder, first) if second else None
            return cls(build_pipeline(), (first, learned), LanguageReader(), taxonomy, blended=blended)

    @classmethod
    def rules_only(cls, taxonomy: Taxonomy, lacking: str) -> Assessor:
        """A reader without a trained model, for when none can be loaded: tips must not wait. ``lacking`` says why, in every assessment."""
        return cls(build_pipeline(), None, LanguageReader(), taxonomy, lacking)

    def with_second(self, blended: Answers) -> Assessor:
        """The same reader with a second one of categories beside the first."""
        return Assessor(self._nlp, self._trained, self._language, self._taxonomy, self._lacking, blended)

    @property
    def first(self) -> Classifier:
        """The first reader of categories. Raises ``LookupError`` where rules read alone."""
        return self._models()[0]

    @property
    def learned(self) -> LearnedReader:
        """The learned reader of indicators. Raises ``LookupError`` where rules read alone."""
        return self._models()[1]

    def _models(self) -> tuple[Classifier, LearnedReader]:
        if self._trained is None:
            raise LookupError("this assessor has no trained model")
        return self._trained

    @property
    def model(self) -> str:
        """The id of the model, as it stands in the assessments that it has time for."""
        if self._blended is not None:
            return self._blended.id
        return self._trained[0].id if self._trained else _RULES_ONLY

    def assess(self, tips: Sequence[TipText], *, hurried: bool = False) -> list[Assessment]:
        """Read the tips; the answers are in their order. ``hurried`` leaves out the second reader, as each assessment's model id tells."""
        return [assessment for start in range(0, len(tips), BATCH) for assessment in self._batch(tips[start : start + BATCH], hurried)]

    def _batch(self, tips: Sequence[TipText], hurried: bool) -> Iterator[Assessment]:
        texts = [_LONE_SURROGATE.sub("\ufffd", tip.text[:READ_LIMIT]) for tip in tips]
        with self._nlp.memory_zone():  # words of this batch leave memory with it
            docs = [make_doc(self._nlp, text, tip.received_at) for tip, text in zip(tips, texts, strict=True)]
            found = [notes(doc) for doc in self._nlp.pipe(docs)]
        judged, failure = self._judge(found, hurried)
        # Each step for the whole batch: what it works with stays in the processor's cache.
        languages = [self._language.read(text, tip.language_hint) for tip, text in zip(tips, texts, strict=True)]
        fingerprints = [self._fingerprint(text) for text in texts]
        for tip, note, language, fingerprint, judgement in zip(tips, found, languages, fingerprints, judged, strict=True):
            cut = f"only the first {READ_LIMIT:,} of {len(tip.text):,} characters were read" if len(tip.text) > READ_LIMIT else ""
            failed = f"could not be read: {', '.join(note.failed)}" if note.failed else ""
            degraded = tuple(reason for reason in (cut, failed, failure) if reason)
            yield self._assemble(_Reading(tip, note, language, fingerprint, judgement, degraded))

    def _judge(self, found: Sequence[Notes], hurried: bool) -> tuple[Sequence[_Judged | None], str]:
        """The trained models' part: scores of every tip, and what the learned reader adds to its findings.

        With it comes what failed: a broken model must never hold up a tip.
        """
        if self._trained is None:
            return [None] * len(found), f"{self._lacking}; categories and urgency come from rules alone"
        classifier, learned = self._trained
        normalised = [given(note.normalised or "") for note in found]
        try:
            answers, scores, failure = self._scores(classifier, normalised, found, hurried)
            probabilities = np.array([list(score.categories.values()) for score in scores], np.float32)
            odds = learned.scores(normalised, probabilities, [note.findings for note in found])
            if answers.joining:
                told = [[score.indicators[name] for name in learned.indicators] for score in scores]
                odds = answers.joining(odds, np.array(told, np.float32))
            judged = [
                _Judged(answers, score, answers.labels(score, self._excludes), len(text.split()))
                for score, text in zip(scores, normalised, strict=True)
            ]
            for note, row, judgement in zip(found, odds, judged, strict=True):
                if note.view is not None:
                    note.findings = learned.join(row, note.view, note.findings, judgement.labels, answers.joining)
        except Exception as error:
            return [None] * len(found), f"the classifier failed ({type(error).__name__}); categories and urgency come from rules alone"
        return [judgement if note.normalised is not None else None for note, judgement in zip(found, judged, strict=True)], failure

    def _scores(
        self, first: Classifier, normalised: Sequence[str], found: Sequence[Notes], hurried: bool
    ) -> tuple[Answers, list[Scores], str]:
        """Scores by both readers where there are two and time, else by the first; who gave them, and what failed."""
        facts = np.array([note.facts for note in found], np.float32)
        for row, note, text in zip(facts, found, normalised, strict=True):
            if text != note.normalised:  # it is as long as what it says once
                row[_WORDS] = np.log1p(len(text.split()))
        evidence = self._evidence([note.findings for note in found])
        if self._blended is None or hurried:
            return first, first.scores_of(normalised, facts, evidence), ""
        try:
            return self._blended, self._blended.scores_of(normalised, facts, evidence), ""
        except Exception as error:
            return (
                first,
                first.scores_of(normalised, facts, evidence),
                f"the second reader failed ({type(error).__name__}); the first read alone",
            )

    def _assemble(self, reading: _Reading) -> Assessment:
        flags = self._flags(reading)
        votes = self._votes(reading, flags)
        return Assessment(
            tip_id=reading.tip.id,
            language=reading.language.code,
            language_probability=reading.language.probability,
            categories=self._categories(reading, flags),
            urgency=level(votes),
            urgency_votes=votes,
            flags=tuple(flag for flag in FLAGS if flag in flags),
            findings=reading.notes.findings,
            entities=reading.notes.entities,
            fingerprint=reading.fingerprint,
            model=reading.judged.by.id if reading.judged else _RULES_ONLY,
            degraded="; ".join(reading.degraded),
        )

    def _categories(self, reading: _Reading, flags: frozenset[str]) -> tuple[CategoryReading, ...]:
        findings = reading.notes.findings
        if reading.judged is None:
            probabilities = fallback.rule_probabilities(findings, self._taxonomy)
            labels = choose(probabilities, dict.fromkeys(probabilities, fallback.ANSWER), self._excludes)
            return tuple(
                CategoryReading(name, p, name in labels, Band.POSSIBLE if name in labels else Band.UNLIKELY)
                for name, p in probabilities.items()
            )
        classifier, scores, labels = reading.judged.by, reading.judged.scores, reading.judged.labels
        readings = []
        for name in self._taxonomy.categories:
            probability = scores.categories[name]
            found = bands.band(probability, classifier.cutoffs[f"{CATEGORY}:{name}"])
            if name in labels:
                capped, note = bands.of_label(name, found, findings, flags, self._taxonomy)
            else:
                capped, note = bands.capped(name, found, findings, self._taxonomy)
            readings.append(CategoryReading(name, round(probability, 5), name in labels, capped, note))
        return tuple(readings)

    def _flags(self, reading: _Reading) -> frozenset[str]:
        """The model's flags, and those of the rules that the model does not all but rule out."""
        by_rule = reading.notes.flags
        if reading.judged is None:
            return by_rule
        classifier, scores = reading.judged.by, reading.judged.scores
        return by_rule - classifier.implausible_flags(scores) | classifier.flags(scores)

    def _votes(self, reading: _Reading, flags: frozenset[str]) -> tuple[UrgencyVote, ...]:
        """Votes of rules and model that count, most urgent first."""
        note = reading.notes
        votes = list(self._urgency.rule_votes(note.passage, note.findings, note.entities, flags, reading.language.code, view=note.view))
        if reading.judged is None:
            votes.append(UrgencyVote(Urgency.P2, _RULES_ONLY, "read by rules alone, so a person looks the same day"))
        else:
            classifier, scores = reading.judged.by, reading.judged.scores
            if reading.judged.words <= _MODEL_JUDGES:
                votes = [vote for vote in votes if _stands(vote) or classifier.plausible(vote.level, scores)]
            votes.append(self._model_vote(note, flags, classifier, scores))
        return tuple(sorted(votes, key=lambda vote: vote.level.rank))

    def _model_vote(self, note: Notes, flags: frozenset[str], classifier: Answers, scores: Scores) -> UrgencyVote:
        """The model's level; P0 and P1 only where the tip is put as happening, else no more than its limit, with the reason."""
        wanted = classifier.level(scores)
        if not wanted.at_least(Urgency.P1):
            return _vote(classifier, wanted, scores)
        limit, why_not = self._urgency.limit(note.passage, flags, view=note.view)
        return _vote(classifier, wanted, scores) if limit.at_least(wanted) else _vote(classifier, limit, scores, f", not more: {why_not}")


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Loading makes some 200,000 objects and hardly any garbage; looking for it again and again takes a third of the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _vote(classifier: Answers, wanted: Urgency, scores: Scores, remark: str = "") -> UrgencyVote:
    share = scores.at_least.get(wanted, 1.0)
    reason = f"the model reads it as {wanted} or more urgent with probability {share:.2f}{remark}"
    return UrgencyVote(wanted, f"model:{classifier.id}", reason)


def _stands(vote: UrgencyVote) -> bool:
    """Whether a rule's vote counts whatever the model says: life at risk, and what nobody could read."""
    return vote.level is Urgency.P0 or vote.by.startswith(_UNREAD)
