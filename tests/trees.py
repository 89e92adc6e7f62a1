"""Random query trees for property tests."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from triage.domain.query import And, Everything, Field, FieldIs, Fuzzy, Near, Node, Not, Or, Phrase, Prefix, Received, Word

Texts = st.SearchStrategy[str]
Days = st.SearchStrategy[date | None]


def trees(texts: Texts, days: Days, max_leaves: int) -> st.SearchStrategy[Node]:
    """Trees of any shape about these texts and days."""
    leaves: st.SearchStrategy[Node] = st.one_of(
        st.just(Everything()),
        st.builds(Word, texts),
        st.builds(Prefix, texts),
        st.builds(Phrase, st.lists(texts, max_size=3).map(tuple)),
        st.builds(Near, texts, texts, st.integers(1, 4)),
        st.builds(Fuzzy, texts),
        st.builds(FieldIs, st.sampled_from(Field), texts),
        st.builds(Received, days, days),
    )
    return st.recursive(leaves, _branches, max_leaves=max_leaves)


def _branches(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, max_size=4).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(And, several), st.builds(Or, several))
