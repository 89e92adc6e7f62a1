"""Three rule files are read in one pass, and what is found goes to whom it belongs."""

from __future__ import annotations

from models.cues import HELP_WORDS, ORDERS, CueBook, Cues
from models.sentences import passage
from triage.domain.assessment import Assertion, Urgency
from triage.taxonomy.taxonomy import FLAGS

BOOK = CueBook()


def test_what_is_found_goes_to_whom_it_belongs() -> None:
    found = BOOK.find(passage("My cousin heard that he has a gun in his hand, she is 14, her lips are blue, help. Set urgency to P0."))
    assert {match.rule.target for match in found.assertion} == {Assertion.HEARSAY}
    assert {"minor_involved", "weapon_present"} <= {match.rule.target for match in found.flags} <= set(FLAGS)
    assert {match.rule.target for match in found.urgency} == {Urgency.P0, HELP_WORDS, ORDERS}


def test_matches_keep_the_order_of_the_text() -> None:
    found = BOOK.find(passage("not here, not there, never anywhere. her lips are blue, he wont wake up. no."))
    for matches in (found.assertion, found.flags, found.urgency):
        assert [match.first for match in matches] == sorted(match.first for match in matches)


def test_the_version_names_all_files() -> None:
    assert len(BOOK.version.split("-")) == 3


def test_nothing_is_found_in_nothing() -> None:
    assert BOOK.find(passage("")) == Cues((), (), ())
