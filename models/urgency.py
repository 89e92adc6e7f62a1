"""How soon a person must look: votes of written rules, each with its reason and the words that caused it.

Rules only raise: the highest vote decides, and what no rule raises stays routine. A vote counts only where its words are put as
present. Source: design domain.md D, rules (a) in-progress cue and harm cue, (c) minor, (d) reporter at risk, (f) unreadable or very short.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from importlib.resources import files

import yaml

from models.assertion import AssertionReader, AssertionView
from models.cues import HELP_WORDS, ORDERS
from models.sentences import HasText, Passage, Span, passage
from triage.domain.assessment import Assertion, Entity, Finding, Urgency, UrgencyVote

SHORT_MESSAGE_WORDS = 6
"""A message of at most so many words that holds a help word waits for a person at P1 (rule f)."""

MAX_VOTES_OF_ONE_RULE = 4
"""A tip that repeats itself is not more urgent; a page of reasons is not readable."""

_READ_LANGUAGES = frozenset(("en", "es", "und", ""))
_PLACES = frozenset(("address", "place", "truck_stop", "highway", "exit", "mile_marker", "airport"))
_NOTHING_TO_ACT_ON = frozenset(("test_message", "spam"))
_LAUGHTER = frozenset(("lol", "lmao", "haha", "hahaha", "jaja", "jajaja", "jajajaja"))
_PUT_OTHERWISE = {
    Assertion.FICTION: "a drill, a story or a figure of speech",
    Assertion.RESOLVED: "over: help is there, or it turned out to be nothing",
    Assertion.HISTORICAL: "long past",
    Assertion.HYPOTHETICAL: "a question about what might be",
    Assertion.NEGATED: "denied",
}


class UrgencyReader:
    """Votes on urgency. Keep one and use it for all tips."""

    def __init__(self, assertions: AssertionReader | None = None) -> None:
        models = files("models")
        self._assertions = assertions
        levels = yaml.load((models / "urgency_indicators.yaml").read_text("utf8"), Loader=yaml.CSafeLoader)
        self._alone = {name: level for level in ("P0", "P1", "P2") for name in levels[level]}
        self._when_now = frozenset(levels["P0_when_in_progress"])
        self._when_placed = frozenset(levels["P1_when_placed"])

    def rule_votes(
        self,
        doc: HasText | str,
        findings: Sequence[Finding] = (),
        entities: Sequence[Entity] = (),
        flags: Collection[str] = (),
        language: str = "en",
        *,
        view: AssertionView | None = None,
    ) -> tuple[UrgencyVote, ...]:
        """All votes of the rules, highest level first. Accepts any text; an empty one gets no vote."""
        text = passage(doc)
        if not text.words:
            return ()
        view = view or self._view(text)
        votes = [*self._of_words(text, view), *self._of_findings(findings, flags, entities), *_of_language(language, flags)]
        if _NOTHING_TO_ACT_ON & set(flags):
            votes = [vote for vote in votes if vote.by.startswith("rule:unread")]
        return tuple(sorted([*votes, *_raised(votes, flags)], key=lambda vote: (vote.level.rank, vote.start, vote.by)))

    def limit(self, doc: HasText | str, flags: Collection[str] = (), *, view: AssertionView | None = None) -> tuple[Urgency, str]:
        """The most urgent level that a model's vote may have, and why not a more urgent one.

        P2 where the tip as a whole is put as played, over, long past, thought up or denied, or is a joke, a test, an advert or an order to
        the machine; P1 where all of it was heard from others; else P0.
        """
        view = view or self._view(doc)
        idle = sorted((_NOTHING_TO_ACT_ON | {"prompt_injection"}) & set(flags))
        if idle:
            return Urgency.P2, f"the tip reads as {idle[0].replace('_', ' ')}"
        if not _LAUGHTER.isdisjoint(view.text.words):
            return Urgency.P2, "the tip reads as a joke"
        assertion, _ = view.of_tip()
        if assertion is Assertion.HEARSAY:
            return Urgency.P1, "the tip was heard from others"
        return (Urgency.P2, f"the tip reads as {_PUT_OTHERWISE[assertion]}") if assertion in _PUT_OTHERWISE else (Urgency.P0, "")

    def _view(self, doc: HasText | str) -> AssertionView:
        if self._assertions is None:  # built only where nobody brings a view, because that takes a while
            self._assertions = AssertionReader()
        return self._assertions.view(doc)

    def _of_words(self, text: Passage, view: AssertionView) -> Iterable[UrgencyVote]:
        """Votes of the words; what stands in one sentence with an order to the machine is part of the order and no report."""
        short = len(text.words) <= SHORT_MESSAGE_WORDS
        ordered = [_sentence(text, match.first) for match in view.found.urgency if match.rule.target == ORDERS]
        voted: Counter[str] = Counter()
        for match in view.found.urgency:
            rule = match.rule
            if (
                rule.target == ORDERS
                or voted[rule.name] == MAX_VOTES_OF_ONE_RULE
                or any(first <= match.first < last for first, last in ordered)
            ):
                continue
            if (rule.target == HELP_WORDS and not short) or view.assertion(match.first, match.last) is not Assertion.PRESENT:
                continue
            voted[rule.name] += 1
            start, end = text.span(match.first, match.last)
            if rule.target == HELP_WORDS:
                yield UrgencyVote(Urgency.P1, "rule:unread/short", "a very short message with a help word", start, end)
            else:
                reason = rule.notes.get("reason", rule.name.replace("_", " "))
                yield UrgencyVote(Urgency(rule.target), f"rule:urgency/{rule.name}", reason, start, end)

    def _of_findings(self, findings: Sequence[Finding], flags: Collection[str], entities: Sequence[Entity]) -> Iterable[UrgencyVote]:
        placed = any(entity.type in _PLACES for entity in entities)
        for finding in findings:
            if finding.assertion is not Assertion.PRESENT:
                continue
            name = finding.indicator.replace("_", " ")
            if finding.indicator in self._when_now and "in_progress" in flags:
                yield UrgencyVote(Urgency.P0, "rule:finding/now", f"{name}, under way", finding.start, finding.end)
            elif finding.indicator in self._alone:
                level = Urgency(self._alone[finding.indicator])
                if placed and level is Urgency.P2 and (finding.indicator in self._when_placed or "minor_involved" in flags):
                    yield UrgencyVote(Urgency.P1, "rule:finding/placed", f"{name}, at a named place", finding.start, finding.end)
                else:
                    yield UrgencyVote(level, "rule:finding/alone", name, finding.start, finding.end)


def _sentence(text: Passage, word: int) -> Span:
    return next(part for part in text.sentences if part[0] <= word < part[1])


def level(votes: Iterable[UrgencyVote]) -> Urgency:
    """The highest level that was voted for; P3 where nobody voted. Votes for P4 hold only where there is no other."""
    return min((vote.level for vote in votes), key=lambda voted: voted.rank, default=Urgency.P3)


def _of_language(language: str, flags: Collection[str]) -> Iterable[UrgencyVote]:
    if language not in _READ_LANGUAGES and not _NOTHING_TO_ACT_ON & set(flags):
        yield UrgencyVote(Urgency.P1, "rule:unread/language", "written in a language that is not read here: a person must read it")


def _raised(votes: Sequence[UrgencyVote], flags: Collection[str]) -> Iterable[UrgencyVote]:
    """Rules c and d: a minor or a reporter at risk raises what keeps until the evening to what does not."""
    if not votes or level(votes) is not Urgency.P2:
        return
    for flag, reason in (("minor_involved", "a minor is involved"), ("reporter_at_risk", "the reporter is at risk")):
        if flag in flags:
            yield UrgencyVote(Urgency.P1, f"rule:raise/{flag}", reason)
