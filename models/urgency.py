"""How soon a person must look: votes of written rules, each with its reason and the words that caused it.

Rules only raise: the highest vote decides, and what no rule raises stays routine. A vote counts only where its words are put as
present. Source: design domain.md D, rules (a) in-progress cue and harm cue, (c) minor, (d) reporter at risk, (f) unreadable or very short.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from importlib.resources import files

import yaml

from models.assertion import AssertionReader, AssertionView
from models.rules import RuleBook, load_lists, load_rules
from models.sentences import HasText, Passage, passage
from triage.domain.assessment import Assertion, Entity, Finding, Urgency, UrgencyVote

SHORT_MESSAGE_WORDS = 6
"""A message of at most so many words that holds a help word waits for a person at P1 (rule f)."""

_READ_LANGUAGES = frozenset(("en", "es", "und", ""))
_PLACES = frozenset(("address", "place", "truck_stop", "highway", "exit", "mile_marker", "airport"))
_NOTHING_TO_ACT_ON = frozenset(("test_message", "spam", "prompt_injection"))
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
        read = load_rules([models / "urgency_rules.yaml"], load_lists(models / "words.yaml"))
        self.version = read.version
        self._book = RuleBook(read.rules)
        self._assertions = assertions or AssertionReader()
        levels = yaml.load((models / "urgency_indicators.yaml").read_text("utf8"), Loader=yaml.CSafeLoader)
        self._alone = {name: level for level in ("P0", "P1", "P2") for name in levels[level]}
        self._when_now = frozenset(levels["P0_when_in_progress"])

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
        view = view or self._assertions.view(text)
        votes = [*self._of_words(text, view), *self._of_findings(findings, flags, entities), *_of_language(language, flags)]
        if _NOTHING_TO_ACT_ON & set(flags):
            votes = [vote for vote in votes if vote.by.startswith("rule:unread")]
        if "prompt_injection" in flags:
            return ()
        return tuple(sorted([*votes, *_raised(votes, flags)], key=lambda vote: (vote.level.rank, vote.start, vote.by)))

    def confirmed(self, doc: HasText | str, flags: Collection[str] = (), *, view: AssertionView | None = None) -> tuple[bool, str]:
        """Whether a model's vote for P0 or P1 may count, and why not.

        It may unless the tip as a whole is put as played, over, long past, thought up or denied, or is a joke, a test, an advert
        or an order to the machine.
        """
        view = view or self._assertions.view(passage(doc))
        idle = sorted(_NOTHING_TO_ACT_ON & set(flags))
        if idle:
            return False, f"the tip reads as {idle[0].replace('_', ' ')}"
        if not _LAUGHTER.isdisjoint(view.text.words):
            return False, "the tip reads as a joke"
        assertion, _ = view.of_tip()
        return (False, f"the tip reads as {_PUT_OTHERWISE[assertion]}") if assertion in _PUT_OTHERWISE else (True, "")

    def _of_words(self, text: Passage, view: AssertionView) -> Iterable[UrgencyVote]:
        short = len(text.words) <= SHORT_MESSAGE_WORDS
        for match in self._book.find(text):
            if view.of_words(match.first, match.last)[0] is not Assertion.PRESENT:
                continue
            start, end = text.span(match.first, match.last)
            if match.rule.target == "help_words":
                if short:
                    yield UrgencyVote(Urgency.P1, "rule:unread/short", "a very short message with a help word", start, end)
                continue
            reason = match.rule.notes.get("reason", match.rule.name.replace("_", " "))
            yield UrgencyVote(Urgency(match.rule.target), f"rule:urgency/{match.rule.name}", reason, start, end)

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
                if level is Urgency.P2 and placed and "minor_involved" in flags:
                    level = Urgency.P1
                yield UrgencyVote(level, "rule:finding/alone", name, finding.start, finding.end)


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
