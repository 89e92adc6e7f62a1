"""How a tip puts what it says: as happening, denied, thought up, heard, long ago, played or over; and to whom it happens.

Written rules (``assertion.yaml``) give cues with a scope. A finding inside the scope of a cue takes the cue's assertion; where several
hold, the order below decides. A statement that something goes on now ("he is still here", "tonight") shields it from the cues that
speak of the whole tip's past. Sources: design B0 (assertion status), ConText (Harkema et al. 2009) for the idea of scopes.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from models.rules import Match, RuleBook, load_lists, load_rules
from models.sentences import HasText, Passage, Span, passage
from triage.domain.assessment import Assertion, Experiencer

_ORDER = (Assertion.FICTION, Assertion.RESOLVED, Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.HISTORICAL, Assertion.HEARSAY)
_REACH_OF_DENIAL = 5
"""How many words after "not" or "sin" a denial reaches inside its clause."""

_ENDS_DENIAL = frozenset(("and", "y", "then", "so", "entonces"))

_GOES_ON_TEXT = "now currently still tonight today happening ongoing again ahora todavia sigue siguen hoy actualmente anoche yesterday ayer"
_GOES_ON = frozenset(_GOES_ON_TEXT.split())
_REPORTER_TEXT = "i im ive me my mine myself we us our ours yo me mi mis nos nosotros nosotras nuestro nuestra conmigo estoy soy tengo"
_REPORTER = frozenset(_REPORTER_TEXT.split())
_HARMED_TEXT = (
    "she shes her hers girl girls woman women child kid kids baby boy boys daughter son victim mom mother grandma patient student "
    "them workers worker they ella nina nino ninos muchacha mujer hija hijo bebe la las los les abuela"
)
_HARMED = frozenset(_HARMED_TEXT.split())
_DOER_TEXT = (
    "he hes his him man guy driver boss owner boyfriend husband dude uncle suspect el ellos patron dueno jefe novio marido senor tipo"
)
_DOER = frozenset(_DOER_TEXT.split())


@dataclass(frozen=True, slots=True)
class AssertionView:
    """The cues of one passage, ready to be asked about any words of it."""

    text: Passage
    cues: tuple[tuple[Assertion, str, Span, Span], ...]
    """Assertion, the rule's name, the words of the cue, the words in its scope."""

    def of_words(self, first: int, last: int) -> tuple[Assertion, Experiencer]:
        """How the words ``first`` to ``last`` (exclusive) are put, and to whom they happen."""
        return self._assertion(first, last), _experiencer(self.text, first, last)

    def of_tip(self) -> tuple[Assertion, Span]:
        """How the tip as a whole is put, with the code points of the cue; ``PRESENT`` and (0, 0) where nothing says otherwise.

        Only cues that reach back to the first word speak for the whole tip, so the first mention of a thing is covered too.
        """
        for wanted in _ORDER:
            for assertion, _, cue, scope in self.cues:
                late = wanted is Assertion.HISTORICAL and cue[0] >= self.text.sentences[0][1]  # a year further on is about a detail
                if assertion is wanted and scope[0] == 0 and scope[1] >= 0.6 * len(self.text.words) and not late:
                    return assertion, self.text.span(*cue)
        return Assertion.PRESENT, (0, 0)

    def _assertion(self, first: int, last: int) -> Assertion:
        held = {
            assertion for assertion, _, cue, scope in self.cues if scope[0] <= first < scope[1] and not (first <= cue[0] and cue[1] <= last)
        }
        return next((assertion for assertion in _ORDER if assertion in held), Assertion.PRESENT)


class AssertionReader:
    """Reads cues of assertion. Keep one and use it for all tips."""

    def __init__(self) -> None:
        models = files("models")
        read = load_rules([models / "assertion.yaml"], load_lists(models / "words.yaml"))
        self.version = read.version
        self._book = RuleBook(read.rules)

    def view(self, doc: HasText | str) -> AssertionView:
        """Find the cues of a text once, to ask about many spans."""
        text = passage(doc)
        goes_on = any(word in _GOES_ON for word in text.words)
        cues = []
        for match in self._book.find(text):
            scope = _scope(match, text, goes_on)
            cues.append((Assertion(match.rule.target), match.rule.name, (match.first, match.last), scope))
        return AssertionView(text, tuple(cues))

    def classify(self, doc: HasText | str, start: int, end: int) -> tuple[Assertion, Experiencer]:
        """How the code points ``start`` to ``end`` of a text are put. For many spans of one text take ``view``."""
        text = passage(doc)
        first, last = text.word_range(start, end)
        return self.view(text).of_words(first, last) if first < last else (Assertion.PRESENT, Experiencer.OTHER)


def _scope(match: Match, text: Passage, goes_on: bool) -> Span:
    sentence = _part(text.sentences, match.first)
    clause = _part(text.clauses, match.first)
    match match.rule.notes.get("scope", "sentence"):
        case "before":
            reach = min(clause[1], match.last + _REACH_OF_DENIAL)
            return match.last, next((at for at in range(match.last, reach) if text.words[at] in _ENDS_DENIAL), reach)
        case "clause":
            return clause
        case "tip" if not (goes_on and match.rule.target == Assertion.HISTORICAL):
            return 0, len(text.words)
        case "earlier":
            return 0, sentence[1]
        case _:
            return sentence


def _part(parts: tuple[Span, ...], word: int) -> Span:
    return next(part for part in parts if part[0] <= word < part[1])


def _experiencer(text: Passage, first: int, last: int) -> Experiencer:
    """Who stands in the evidence, else in its clause: the reporter before the harmed before the doer."""
    clause = _part(text.clauses, first)
    for part in ((first, last), clause):
        words = set(text.words[part[0] : part[1]])
        if words & _REPORTER:
            return Experiencer.REPORTER
        if words & _HARMED:
            return Experiencer.VICTIM
        if words & _DOER:
            return Experiencer.SUSPECT
    return Experiencer.OTHER
