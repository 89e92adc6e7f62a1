"""The chain that a team would put together from public parts to read tips, as the peer that ours is measured beside.

spaCy's ``PhraseMatcher`` with the phrases of our own rules, the pattern recognizers of Presidio for things named in a text, and
scikit-learn with the very weights of our model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import islice, product
from typing import Any

import numpy as np
import scipy.sparse
import spacy
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC
from spacy.matcher import PhraseMatcher

from models.classifier import Weights
from models.features import BLOCKS, MOST, WEIGHTS, Floats
from models.indicators.detect import load_indicator_rules
from triage.taxonomy.taxonomy import Taxonomy

PRESIDIO = "presidio_analyzer"
RECOGNIZERS = (
    "PhoneRecognizer",
    "EmailRecognizer",
    "UrlRecognizer",
    "IpRecognizer",
    "CreditCardRecognizer",
    "IbanRecognizer",
    "UsSsnRecognizer",
    "UsLicenseRecognizer",
    "DateRecognizer",
)
_GAPS = (r"(?:\S+ ){0,3}?", r"(?:\S+ ){0,7}?")
_MOST_OF_ONE = 500


class Phrases:
    """Our rules' phrases as spaCy's matcher takes them: written out, without gaps, beginnings of words and numbers."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._nlp = spacy.blank("en")
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        by_indicator: dict[str, set[str]] = {}
        for rule in load_indicator_rules(taxonomy).rules:
            for phrase in (phrase for group in rule.phrases.values() for phrase in group):
                by_indicator.setdefault(rule.target, set()).update(spelled_out(phrase.pattern))
        for indicator, phrases in by_indicator.items():
            self._matcher.add(indicator, list(self._nlp.tokenizer.pipe(sorted(phrases))))
        self.count = sum(map(len, by_indicator.values()))

    def find(self, texts: Sequence[str]) -> int:
        """How many phrases stand in the texts."""
        return sum(len(self._matcher(doc)) for doc in self._nlp.pipe(texts))


class Presidio:
    """The recognizers of Presidio that need no language model, run over every text. Needs ``presidio-analyzer``."""

    def __init__(self) -> None:
        # Without this the public suffix list would be fetched at the first e-mail address; a copy comes with the package.
        tldextract = import_module("tldextract")
        tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
        module = import_module(f"{PRESIDIO}.predefined_recognizers")
        self._recognizers: list[Any] = [getattr(module, name)() for name in RECOGNIZERS]

    @staticmethod
    def installed() -> bool:
        """Whether it can be measured here."""
        return find_spec(PRESIDIO) is not None

    def find(self, texts: Sequence[str]) -> int:
        """How many things stand in the texts."""
        return sum(len(recognizer.analyze(text, recognizer.supported_entities, None)) for text in texts for recognizer in self._recognizers)


class ScikitLearn:
    """The same model, run the usual way: three vectorisers, one linear model a head, a sigmoid."""

    def __init__(self, weights: Weights) -> None:
        starts = np.cumsum([0, *(len(block) for block in weights.vocabulary.terms)])
        kinds = (
            ("word", {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\S+"}),
            ("gap", {"analyzer": gapped}),
            ("char", {"analyzer": "char_wb", "ngram_range": (3, 5)}),
        )
        vectorisers = []
        for (name, settings), terms, start in zip(kinds, weights.vocabulary.terms, starts, strict=False):
            counts = CountVectorizer(**settings, lowercase=False, vocabulary={term: at for at, term in enumerate(terms)}, dtype=np.float32)
            weigh = TfidfTransformer(sublinear_tf=True)
            weigh.idf_ = weights.vocabulary.idf[start : start + len(terms)]
            vectorisers.append((name, make_pipeline(counts, FunctionTransformer(_clipped), weigh)))
        self._features = FeatureUnion(vectorisers, transformer_weights=dict(zip(BLOCKS, WEIGHTS, strict=True)))
        self._heads = [self._head(weights, at) for at in range(len(weights.heads))]
        self._slope, self._offset = weights.slope, weights.offset

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Probabilities of all heads, shape (texts, heads), for normalised texts."""
        features = self._features.transform(texts)
        raw = np.stack([head.decision_function(features) for head in self._heads], axis=1)
        return np.asarray(1 / (1 + np.exp(-(raw * self._slope + self._offset))), np.float32)

    @staticmethod
    def _head(weights: Weights, at: int) -> LinearSVC:
        head = LinearSVC()
        head.coef_, head.intercept_ = weights.matrix[:, at][None, :].astype(np.float64), weights.intercept[at : at + 1]
        head.classes_ = np.array([False, True])
        return head


def gapped(text: str) -> list[str]:
    """Pairs of words with one to three between them, as an analyser for scikit-learn."""
    words = text.split()
    return [f"{first} {second}" for gap in (2, 3, 4) for first, second in zip(words, words[gap:], strict=False)]


def spelled_out(pattern: str) -> set[str]:
    """The plain phrases that a phrase's pattern stands for; none if it holds a number or the beginning of a word."""
    for gap in _GAPS:
        pattern = pattern.replace(gap, "")
    pattern = pattern.replace("g? ", "g ")
    if "\\" in pattern:
        return set()
    return {phrase.strip() for phrase in _Written(pattern).branches("")}


class _Written:
    """Writes out what ``(?:a |b )c `` stands for, of each row of choices the first few hundred."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def branches(self, closing: str) -> list[str]:
        found = list(self._sequence())
        while self._at < len(self._pattern) and self._pattern[self._at] == "|":
            self._at += 1
            found += self._sequence()
        self._at += len(closing)
        return found

    def _sequence(self) -> Iterator[str]:
        parts: list[list[str]] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            if self._pattern.startswith("(?:", self._at):
                self._at += 3
                inner = self.branches(")")
                if self._pattern.startswith("?", self._at):
                    self._at += 1
                    inner.append("")
                parts.append(inner)
            else:
                end = self._pattern.index(" ", self._at) + 1
                parts.append([self._pattern[self._at : end]])
                self._at = end
        return islice(map("".join, product(*parts)), _MOST_OF_ONE)


def _clipped(counts: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    counts.data = np.minimum(counts.data, MOST)
    return counts
