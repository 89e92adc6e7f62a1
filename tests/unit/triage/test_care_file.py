"""The directory of services, and which of them fit somebody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import example_files, example_policy, taxonomy
from triage.care.directory import ranked
from triage.domain.care import STALE_AFTER, VICTIMS, CareDirectory, Service
from triage.domain.errors import PolicyError
from triage.policy_files.care import care_needs, load_care

TODAY = date(2026, 11, 1)
ONE = (
    "services:\n  - id: beds\n    title: Beds\n    needs: [homelessness_basic_needs]\n    languages: [en, es]\n"
    "    phone: 308-555-0111\n    checked: 2026-10-01\n"
)


def loaded(text: str) -> CareDirectory:
    return load_care({"care_services.yaml": text}, example_policy(), taxonomy())


def test_no_file_means_an_empty_directory() -> None:
    assert load_care({}, example_policy(), taxonomy()) == CareDirectory()


def test_a_service_is_read_with_what_is_left_out() -> None:
    [beds] = loaded(ONE).services
    assert beds == Service("beds", "Beds", frozenset({"homelessness_basic_needs"}), ("en", "es"), date(2026, 10, 1), phone="308-555-0111")
    assert loaded("follow_up_days: 7\n" + ONE).follow_up_days == 7


def test_the_example_helps_everybody_and_can_be_called() -> None:
    directory = load_care(example_files(), example_policy(), taxonomy())
    for need in care_needs(taxonomy()):
        for language in ("en", "es"):
            assert any(fit.fits for fit in ranked(directory, [need], "NE/Dawes", language, TODAY)), (need, language)
    assert all(service.phone for service in directory.services)
    made_up = [service for service in directory.services if "(example)" in service.title]
    assert made_up
    assert all("-555-01" in service.phone for service in made_up)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("id: beds", "id: Beds", 2, "the id of a service is"),
        ("    title: Beds\n", "", 2, "the key 'title' is missing"),
        ("[homelessness_basic_needs]", "[homelessness]", 4, "did you mean 'homelessness_basic_needs'"),
        ("[homelessness_basic_needs]", "[]", 4, "say what it helps with"),
        ("[en, es]", "[english]", 5, "name languages by their codes"),
        ("[en, es]", "[]", 5, "name languages by their codes"),
        ("    phone: 308-555-0111\n", "", 2, "say how the service is reached"),
        ("2026-10-01", "in October", 7, "say on which day somebody last called"),
        ("2026-10-01", "2026-10-01\n    counties: [NE/Nowhere]", 8, "'NE/Nowhere' is not known"),
        ("2026-10-01", "2026-10-01\n    takes_warm_handoff: yes", 8, "expected `true` or `false`"),
        ("services:", "follow_up_days: 0.5\nservices:", 1, "a whole number from 1 to 60"),
        ("services:", "follow_up_days: 99\nservices:", 1, "a whole number from 1 to 60"),
    ],
)
def test_faults_name_the_line(old: str, new: str, line: int, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        loaded(ONE.replace(old, new))
    assert (caught.value.file, caught.value.line) == ("care_services.yaml", line)
    assert message in caught.value.message


def test_two_services_have_two_ids() -> None:
    with pytest.raises(PolicyError, match="two services have the id 'beds'"):
        loaded(ONE + ONE.removeprefix("services:\n"))


def test_a_service_that_nobody_called_for_long_is_stale() -> None:
    beds = Service("beds", "Beds", frozenset({VICTIMS}), ("en",), TODAY - STALE_AFTER)
    assert not beds.is_stale(TODAY)
    assert beds.is_stale(TODAY + timedelta(days=1))


SERVICES = st.builds(
    Service,
    id=st.uuids().map(str),
    title=st.text(max_size=5),
    needs=st.frozensets(st.sampled_from(["a", "b", VICTIMS])),
    languages=st.lists(st.sampled_from(["en", "es", "any"]), max_size=2).map(tuple),
    checked=st.dates(date(2025, 1, 1), TODAY),
    counties=st.frozensets(st.sampled_from(["NE/Hall", "NE/York"])),
    takes_warm_handoff=st.booleans(),
)


LISTS = st.lists(SERVICES, max_size=8, unique_by=lambda one: one.id)


@given(LISTS, st.sampled_from(["", "NE/Hall"]), st.sampled_from(["", "en", "es-MX", "so"]))
def test_nobody_is_left_out_and_what_fits_stands_first(services: list[Service], county: str, language: str) -> None:
    found = ranked(CareDirectory(tuple(services)), ["a"], county, language, TODAY)
    assert {fit.service.id for fit in found} == {service.id for service in services}
    fitting = [fit.fits for fit in found]
    assert fitting == sorted(fitting, reverse=True)
    for fit in found:
        assert fit.need == ("a" in fit.service.needs)
        assert fit.county == (not county or not fit.service.counties or county in fit.service.counties)
        assert fit.language == (not language or "any" in fit.service.languages or language[:2] in fit.service.languages)
