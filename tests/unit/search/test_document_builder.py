"""What the index gets to know of a case, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import NOON, a_tip, an_assessment, an_entity
from tests.contract.samples import AT, a_case
from triage.document_builder import TITLE_LENGTH, case_document
from triage.domain.assessment import Assertion, Assessment, Finding
from triage.domain.document import CaseDocument
from triage.domain.tip import Tip, Vehicle

OLD = a_tip(1, narrative="An old report of a white van.", vehicles=(Vehicle(plate="abc-123"), Vehicle()))
NEW = a_tip(2, narrative="Call me at 956-555-0147 about the girl.", received_at=NOON + timedelta(hours=1), partner="night-bus")
SECTORS = {"prairie-haul": "trucking", "night-bus": "bus_lines"}


def document(*read: Assessment, tips: tuple[Tip, ...] = (OLD, NEW)) -> CaseDocument:
    case = a_case(tips=tuple(tip.id for tip in tips))
    return case_document(case, {tip.id: tip for tip in tips}, {each.tip_id: each for each in read}, SECTORS)


def test_it_tells_what_the_case_tells() -> None:
    made = document(an_assessment(OLD), an_assessment(NEW))
    assert made.case_id == "case_1"
    assert made.version == 1
    assert made.readers == ("trafficking", "oversight", "child")
    assert (made.kind, made.desk, made.status, made.urgency, made.band) == ("case", "trafficking", "active", "P1", "possible")
    assert made.life_threat
    assert made.categories == ("sex_trafficking",)
    assert (made.county, made.state) == ("Keith", "NE")
    assert made.tips == (OLD.id, NEW.id)
    assert made.opened_at == AT


def test_what_stems_from_tips_stands_newest_first() -> None:
    made = document(an_assessment(OLD, flags=("minor", "now")), replace(an_assessment(NEW, flags=("now",)), language="es"))
    assert made.partners == ("night-bus", "prairie-haul")
    assert made.sectors == ("bus_lines", "trucking")
    assert made.languages == ("es", "en")
    assert made.flags == ("now", "minor")
    assert made.received_at == NEW.received_at
    assert made.text.startswith(NEW.narrative)
    assert made.text.endswith("Vehicle: plate abc-123")


def test_the_reporters_contact_details_stay_out() -> None:
    start = NEW.text.index("956")
    mine = an_entity("phone", "+19565550147", "956-555-0147", start, role="reporter")
    handle = an_entity("handle", "girl", role="reporter", start=NEW.text.index("girl"))
    made = document(an_assessment(OLD), an_assessment(NEW, entities=[mine, handle]))
    assert made.phones == made.handles == ()
    assert made.title == "Call me at [phone] about the [handle]."
    assert "956" not in made.text


def test_identifiers_of_others_are_kept_once() -> None:
    entities = [
        an_entity("plate", "ABC123", role="suspect"),
        an_entity("phone", "+19565550199", role="suspect"),
        an_entity("phone", "+19565550100", role="business"),
        an_entity("handle", "lil_bo"),
        an_entity("url", "example[.]org/bo"),
        an_entity("email", ""),
        an_entity("vin", "1HGCM82633A004352"),
    ]
    made = document(an_assessment(OLD, entities=entities), an_assessment(NEW, entities=entities))
    assert made.plates == ("ABC123",)
    assert made.phones == ("+19565550199", "+19565550100")
    assert made.handles == ("lil_bo", "example[.]org/bo")


def test_only_what_is_said_to_be_so_counts_as_an_indicator() -> None:
    findings = [Finding(f"found_{assertion}", 0, 2, assertion, "rule", "1") for assertion in Assertion]
    assert document(an_assessment(OLD, findings=findings)).indicators == ("found_present",)


def test_a_tip_that_nobody_read_adds_no_text() -> None:
    made = document(an_assessment(OLD))
    assert NEW.narrative not in made.text
    assert made.title.startswith("An old report")
    assert made.received_at == NEW.received_at
    assert document().text == document().title == ""


def test_a_case_without_tips_keeps_its_place_in_time() -> None:
    assert document(tips=()).received_at == AT


def test_a_title_is_short_and_says_when_it_was_cut() -> None:
    words = replace(OLD, narrative=" ".join(f"w{number}" for number in range(40)), vehicles=())
    assert document(an_assessment(words), tips=(words,)).title == " ".join(f"w{number}" for number in range(14)) + " …"
    long = replace(OLD, narrative="x" * 50 + " " + "y" * 50, vehicles=())
    assert document(an_assessment(long), tips=(long,)).title == "x" * 50 + " …"
    endless = replace(OLD, narrative="x" * 200, vehicles=())
    assert document(an_assessment(endless), tips=(endless,)).title == "x" * TITLE_LENGTH + " …"


def test_an_unknown_partner_has_no_sector() -> None:
    stranger = replace(OLD, partner="stranger")
    assert document(an_assessment(stranger), tips=(stranger,)).sectors == ()
