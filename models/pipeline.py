"""The spaCy pipeline of the reader: spaCy runs and configures the components, which are our own.

A tip often has no punctuation and every span must hold in the text as it was sent, so words are cut by ``models.sentences``. spaCy's own
tokens would be made and never read, half a millisecond a tip: a document has one token, its text. The entry points ``spacy_factories``
in ``pyproject.toml`` let spaCy find the components; importing this module registers their names and loads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from models.assertion import AssertionReader, AssertionView
from models.entities.read import EntityReader
from models.flags import FlagReader
from models.indicators.detect import IndicatorReader
from models.levels import FACTS, facts
from models.normalise import load_normaliser
from models.sentences import Passage, passage
from models.urgency import UrgencyReader
from triage.domain.assessment import Entity, Finding
from triage.taxonomy.taxonomy import load_taxonomy

COMPONENTS = (
    "tipstream_normaliser",
    "tipstream_sentences",
    "tipstream_assertion",
    "tipstream_entities",
    "tipstream_indicators",
    "tipstream_flags",
    "tipstream_facts",
)
"""Our components in the order in which they run."""

_IDENTITY_FLAG = "identity_only"
_KEY = "tipstream"


@dataclass(slots=True)
class Notes:
    """What the components found in one document; they fill it in.

    ``failed`` names the components that could not read this text and the kind of error; it never holds text.
    """

    text: str = ""
    received_at: datetime | None = None
    normalised: str | None = None
    passage: Passage = field(default_factory=lambda: passage(""))
    view: AssertionView | None = None
    entities: tuple[Entity, ...] = ()
    findings: tuple[Finding, ...] = ()
    flags: frozenset[str] = frozenset()
    facts: tuple[float, ...] = (0.0,) * len(FACTS)
    failed: list[str] = field(default_factory=list)


class Component:
    """One step of the pipeline. A step that fails says so in the notes and lets the others go on: a tip is never lost to a bad rule."""

    def __init__(self, name: str, read: Callable[[Notes], None]) -> None:
        self.name = name
        self._read = read

    def __call__(self, doc: Doc) -> Doc:
        found = notes(doc)
        try:
            self._read(found)
        except Exception as error:
            found.failed.append(f"{self.name} ({type(error).__name__})")
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int) -> Iterator[Doc]:  # noqa: ARG002 - spaCy calls it so
        """All documents of a batch before the next step takes the first: what a step works with stays in the processor's cache."""
        for doc in list(stream):
            yield self(doc)


class WholeText:
    """The tokenizer of our pipeline: the text is one token, an empty text none."""

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab

    def __call__(self, text: str) -> Doc:
        return Doc(self._vocab, words=[text], spaces=[False]) if text else Doc(self._vocab)


def build_pipeline() -> Language:
    """A blank pipeline with our components. Takes a second or two; build one a process."""
    nlp = spacy.blank("xx")
    nlp.tokenizer = WholeText(nlp.vocab)
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp


def notes(doc: Doc) -> Notes:
    """The notes of a document, new and empty if it has none."""
    found = doc.user_data.setdefault(_KEY, Notes())
    if not isinstance(found, Notes):
        raise TypeError(f"doc.user_data[{_KEY!r}] is a {type(found).__name__}: leave this key to the pipeline")
    return found


def make_doc(nlp: Language, text: str, received_at: datetime | None) -> Doc:
    """A document that carries what the components need."""
    doc = nlp.make_doc(text)
    found = notes(doc)
    found.text, found.received_at = text, received_at
    return doc


@Language.factory("tipstream_normaliser")
def make_normaliser(nlp: Language, name: str) -> Component:  # noqa: ARG001 - spaCy calls factories so
    """Factory of ``tipstream_normaliser``: the text without identity, noise and numbers that the trained models read."""
    normaliser = load_normaliser()

    def read(found: Notes) -> None:
        found.normalised = normaliser(found.text)

    return Component(name, read)


@Language.factory("tipstream_sentences")
def make_sentences(nlp: Language, name: str) -> Component:  # noqa: ARG001 - spaCy calls factories so
    """Factory of ``tipstream_sentences``: words, clauses and sentences that hold up without punctuation."""

    def read(found: Notes) -> None:
        found.passage = passage(found.text)

    return Component(name, read)


@Language.factory("tipstream_assertion")
def make_assertion(nlp: Language, name: str) -> Component:  # noqa: ARG001 - spaCy calls factories so
    """Factory of ``tipstream_assertion``: the cues that say how the tip puts things (denied, heard, a drill ...)."""
    reader = AssertionReader()

    def read(found: Notes) -> None:
        found.view = reader.view(found.passage)

    return Component(name, read)


@Language.factory("tipstream_entities")
def make_entities(nlp: Language, name: str) -> Component:  # noqa: ARG001 - spaCy calls factories so
    """Factory of ``tipstream_entities``."""
    reader = EntityReader()

    def read(found: Notes) -> None:
        found.entities = reader.read(found.text, found.received_at)

    return Component(name, read)


@Language.factory("tipstream_indicators")
def make_indicators(nlp: Language, name: str) -> Component:  # noqa: ARG001 - spaCy calls factories so
    """Factory of ``tipstream_indicators``: findings with their evidence, how they are put and to whom they happen."""
    reader = IndicatorReader(load_taxonomy())  # it is always given the view, so it reads no cues of its own

    def read(found: Notes) -> None:
        found.findings = reader.read(found.passage, view=found.view)

    return Component(name, read)


@Language.factory("tipstream_flags")
def make_flags(nlp: Language, name: str) -> Component:  # noqa: ARG001 - spaCy calls factories so
    """Factory of ``tipstream_flags``: the flags that rules see."""
    reader = FlagReader()

    def read(found: Notes) -> None:
        found.flags = reader.rule_flags(found.passage, found.findings, view=found.view)

    return Component(name, read)


@Language.factory("tipstream_facts")
def make_facts(nlp: Language, name: str) -> Component:  # noqa: ARG001 - spaCy calls factories so
    """Factory of ``tipstream_facts``: what the rules tell the model of levels. The language has no part in it, nor who somebody is."""
    reader = UrgencyReader()
    biased = {indicator.id for indicator in load_taxonomy().indicators.values() if indicator.bias}

    def read(found: Notes) -> None:
        if found.view is not None:
            votes = reader.rule_votes(found.passage, found.findings, found.entities, found.flags, view=found.view)
            limit, _ = reader.limit(found.passage, found.flags, view=found.view)
            findings = [finding for finding in found.findings if finding.indicator not in biased]
            found.facts = facts(found.view, findings, found.entities, found.flags - {_IDENTITY_FLAG}, votes, limit)

    return Component(name, read)
