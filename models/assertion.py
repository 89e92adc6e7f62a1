"""How a tip puts what it says: as happening, denied, thought up, heard, long ago, played or over; and to whom it happens.

Written rules (``assertion.yaml``) give cues with a scope. A finding inside the scope of a cue takes the cue's assertion; where several
hold, the order below decides. That something goes on now ("he is still here", "tonight") shields a tip from cues that put all of it into
the past; that it is real ("this is not a drill") from all cues that speak of the whole tip. Such cues stand where a tip begins or ends;
in the middle of a long one they are a detail. Sources: design B0 (assertion status), ConText (Harkema et al. 2009) for the idea of scopes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from models.cues import CueBook, Cues
from models.rules import Match
from models.sentences import HasText, Passage, Span, passage
from triage.domain.assessment import Assertion, Experiencer

_ORDER = (Assertion.FICTION, Assertion.RESOLVED, Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.HISTORICAL, Assertion.HEARSAY)
_OF_A_WHOLE_TIP = 0.6
"""A cue speaks for the whole tip if it reaches so much of it, from the first word on."""

_REACH_OF_DENIAL = 5
"""How many words after "not" or "sin" a denial reaches inside its clause."""

_SHORT, _LONG = 40, 100
"""Up to so many words a cue anywhere, or in the first or last sentence, speaks of the whole tip; in longer ones it is a detail."""

_ALIKE = 2
"""So many cues of one assertion and one scope are kept: one more than the one that may lie inside the words asked about."""

_REAL = "real"
"""The rule by which a tip says that it is no drill and no joke."""

_ENDS_DENIAL = frozenset(("and", "y", "then", "so", "entonces"))

_GOES_ON_TEXT = "now currently still tonight today happening ongoing again ahora todavia sigue siguen hoy actualmente anoche yesterday ayer"
_GOES_ON = frozenset(_GOES_ON_TEXT.split())
_REPORTER_TEXT = "i im ive me my mine myself we us our ours yo me mi mis nos nosotros nosotras nuestro nuestra conmigo estoy soy tengo"
_REPORTER = frozenset(_REPORTER_TEXT.split())
_HARMED_TEXT = (
    "she shes her hers girl girls woman women child kid kids baby boy boys daughter son victim mom mother grandma patient student "
    "them workers worker they ella nina nino ninos muchacha mujer hija hijo bebe la las los les abuela wife sister esposa hermana mama"
)
_HARMED = frozenset(_HARMED_TEXT.split())
_DOER_TEXT = (
    "he hes his him man guy driver boss owner boyfriend husband dude uncle suspect el ellos patron dueno jefe novio marido senor tipo"
)
_DOER = frozenset(_DOER_TEXT.split())
_MINE = frozenset(("my", "our", "mi", "mis", "nuestro", "nuestra"))
_MY_PEOPLE_TEXT = (
    "neighbor neighbors cousin brother friend coworker aunt roommate tenant guest niece nephew mother father dad vecino vecina primo prima "
    "amigo amiga hermano comadre compadre sobrina sobrino tia papa"
)
_MY_PEOPLE = _HARMED | _DOER | frozenset(_MY_PEOPLE_TEXT.split())


@dataclass(frozen=True, slots=True)
class AssertionView:
    """The cues of one passage, ready to be asked about any words of it."""

    text: Passage
    cues: tuple[tuple[Assertion, str, Span, Span], ...]
    """Assertion, the rule's name, the words of the cue, the words in its scope."""
    found: Cues
    """Everything that was found in the same pass, for those who read flags and urgency."""

    def of_words(self, first: int, last: int) -> tuple[Assertion, Experiencer]:
        """How the words ``first`` to ``last`` (exclusive) are put, and to whom they happen."""
        return self.assertion(first, last), _experiencer(self.text, first, last)

    def of_tip(self) -> tuple[Assertion, Span]:
        """How the tip as a whole is put, with the code points of the cue; ``PRESENT`` and (0, 0) where nothing says otherwise.

        The cues of one assertion count together. They must cover most of the words and begin with the tip, so that the first mention of a
        thing is covered too; "not" and "sin" speak for the words after them only.
        """
        enough = _OF_A_WHOLE_TIP * len(self.text.words)
        for wanted in _ORDER:
            held = [(cue, scope) for of, _, cue, scope in self.cues if of is wanted and self._speaks_for_all(wanted, cue, scope)]
            scopes = [scope for _, scope in held]
            if held and min(scopes)[0] == 0 and _covered(scopes) >= enough:
                return wanted, self.text.span(*held[0][0])
        return Assertion.PRESENT, (0, 0)

    def _speaks_for_all(self, assertion: Assertion, cue: Span, scope: Span) -> bool:
        """A year further on is about a detail, and what stands before its cue or after it only is not the tip."""
        late = assertion is Assertion.HISTORICAL and scope[0] == 0 and cue[0] >= self.text.sentences[0][1]
        return not late and scope[0] <= cue[0] < scope[1]

    def assertion(self, first: int, last: int) -> Assertion:
        """How the words ``first`` to ``last`` (exclusive) are put; a cue among them does not turn them."""
        held = {
            assertion for assertion, _, cue, scope in self.cues if scope[0] <= first < scope[1] and not (first <= cue[0] and cue[1] <= last)
        }
        return next((assertion for assertion in _ORDER if assertion in held), Assertion.PRESENT)


class AssertionReader:
    """Reads cues of assertion. Keep one and use it for all tips."""

    def __init__(self) -> None:
        self._book = CueBook()
        self.version = self._book.version

    def view(self, doc: HasText | str) -> AssertionView:
        """Find the cues of a text once, to ask about many spans."""
        text = passage(doc)
        found = self._book.find(text)
        shields = {match.rule.name for match in found.assertion if match.rule.target == Assertion.PRESENT}
        goes_on = bool(shields) or any(word in _GOES_ON for word in text.words)
        cues = []
        alike: Counter[tuple[str, Span]] = Counter()
        for match in found.assertion:
            if match.rule.target != Assertion.PRESENT:
                shielded = goes_on if match.rule.target == Assertion.HISTORICAL else _REAL in shields
                scope = _scope(match, text, whole=not shielded and _frames(match, text))
                alike[match.rule.target, scope] += 1
                if alike[match.rule.target, scope] <= _ALIKE:
                    cues.append((Assertion(match.rule.target), match.rule.name, (match.first, match.last), scope))
        return AssertionView(text, tuple(cues), found)

    def classify(self, doc: HasText | str, start: int, end: int) -> tuple[Assertion, Experiencer]:
        """How the code points ``start`` to ``end`` of a text are put. For many spans of one text take ``view``."""
        text = passage(doc)
        first, last = text.word_range(start, end)
        return self.view(text).of_words(first, last) if first < last else (Assertion.PRESENT, Experiencer.OTHER)


def _covered(scopes: Iterable[Span]) -> int:
    """How many words lie in one of the scopes."""
    total = reached = 0
    for first, last in sorted(scopes):
        total += max(0, last - max(first, reached))
        reached = max(reached, last)
    return total


def _scope(match: Match, text: Passage, whole: bool) -> Span:
    """The words that a cue speaks of; ``whole`` says whether a cue of the whole tip may speak of all of it."""
    sentence = _part(text.sentences, match.first)
    clause = _part(text.clauses, match.first)
    match match.rule.notes.get("scope", "sentence"):
        case "before":
            reach = min(clause[1], match.last + _REACH_OF_DENIAL)
            return match.last, next((at for at in range(match.last, reach) if text.words[at] in _ENDS_DENIAL), reach)
        case "clause":
            return clause
        case "tip" if whole:
            return 0, len(text.words)
        case "earlier":
            return (0 if _frames(match, text) else _part(text.sentences, max(0, sentence[0] - 1))[0]), sentence[1]
        case _:
            return sentence


def _frames(match: Match, text: Passage) -> bool:
    """Whether a cue stands where it can speak of the whole tip: a short one anywhere, a longer one where it begins or ends."""
    if len(text.words) <= _SHORT:
        return True
    return len(text.words) <= _LONG and not text.sentences[0][1] <= match.first < text.sentences[-1][0]


def _part(parts: tuple[Span, ...], word: int) -> Span:
    return next(part for part in parts if part[0] <= word < part[1])


def _experiencer(text: Passage, first: int, last: int) -> Experiencer:
    """Who stands in the evidence, else in its clause: the reporter before the harmed before the doer. "My neighbor" is not the reporter."""
    clause = _part(text.clauses, first)
    for part in ((first, last), clause):
        here = text.words[part[0] : part[1]]
        words = {word for word, following in zip(here, (*here[1:], ""), strict=True) if word not in _MINE or following not in _MY_PEOPLE}
        if words & _REPORTER:
            return Experiencer.REPORTER
        if words & _HARMED:
            return Experiencer.VICTIM
        if words & _DOER:
            return Experiencer.SUSPECT
    return Experiencer.OTHER
