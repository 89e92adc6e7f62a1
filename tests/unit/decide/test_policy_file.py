"""Policies: the example is sound, and each mistake is told with its file, line and mend."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import example_files, example_policy, taxonomy
from triage.domain.errors import PolicyError
from triage.domain.policy import Condition
from triage.policy_files.policy import load_policy


def test_the_example_is_a_state_with_ten_desks() -> None:
    policy = example_policy()
    assert set(policy.desks) == {
        "trafficking",
        "cargo",
        "violent",
        "threat",
        "child",
        "care",
        "victim-services",
        "oversight",
        "intake",
        "liaison",
    }
    assert policy.rules[-1].when == Condition()
    assert policy.rules[-1].desk == "intake"


def test_the_version_follows_the_content() -> None:
    files = example_files()
    changed = {**files, "desks.yaml": files["desks.yaml"] + "\n# a remark\n"}
    assert load_policy(files, taxonomy()).version != load_policy(changed, taxonomy()).version


@pytest.mark.parametrize(
    ("file", "old", "new", "line_holds", "message"),
    [
        ("routing.yaml", "desk: oversight", "desk: overside", "desk: overside", "did you mean 'oversight'"),
        (
            "routing.yaml",
            "labels_only: [nature:boundary, nature:none]",
            "labels_onli: [nature:none]",
            "labels_onli",
            "did you mean 'labels_only'",
        ),
        ("routing.yaml", "urgency: P1", "urgency: P7", "urgency: P7", "P7"),
        ("routing.yaml", "kind: hold", "kind: holding", "kind: holding", "did you mean 'hold'"),
        ("policy.yaml", "P1: 30 minutes", "P1: thirty", "P1: thirty", "2 minutes"),
        ("policy.yaml", "P1: 30 minutes", "P1: 30 hours", "P0:", "put the targets in order"),
        ("policy.yaml", "P2: 24 hours", "P2: {within: 24 hours, count: busines}", "P2:", "did you mean 'business'"),
        ("policy.yaml", "P1: 30 minutes", "P1: {within: 30 minutes, count: business}", "P1:", "P1 cannot wait for business hours"),
        ("policy.yaml", "P3: {within: 27 hours, count: business}", "P3: {within: 20 hours, count: business}", "P0:", "in order"),
        ("policy.yaml", "P4: {within: 63 hours, count: business}", "P4: 63 hours", "P0:", "from one level on down"),
        ("policy.yaml", "zone: America/Chicago", "zone: America/Chikago", "zone:", "is no time zone"),
        ("policy.yaml", "zone: America/Chicago", "zone: ../etc", "zone:", "is no time zone"),
        ("policy.yaml", "mon: 08:00-17:00", "mon: 17:00-08:00", "hours:", "end before they begin"),
        ("policy.yaml", "mon: 08:00-17:00", "mon: 8-17", "hours:", "is no time of the day"),
        ("policy.yaml", "mon: 08:00-17:00", "mon: [08:00-12:00, 11:00-17:00]", "hours:", "overlap those before"),
        ("policy.yaml", "mon: 08:00-17:00", "monday: 08:00-17:00", "hours:", "did you mean 'mon'"),
        ("policy.yaml", "2026-11-26", "2026-11-31", "holidays:", "is no day"),
        ("desks.yaml", "calendar: state-office", "calendar: office", "{id: trafficking", "is not known here"),
        ("policy.yaml", "profile: fusion_center", "profile: fusion", "profile: fusion", "did you mean 'fusion_center'"),
        ("policy.yaml", "state: NE\n", "", "profile:", "the key 'state' is missing"),
        ("policy.yaml", "short: 180 days", "short: a while", "short: a while", "is no duration"),
        ("policy.yaml", "short: 180 days", "Short: 180 days", "Short: 180", "lower-case letters and dashes"),
        ("policy.yaml", "short: 180 days", "long: 180 days", "long: 2555", "stands twice"),
        ("desks.yaml", "nature: care,", "nature: caring,", "nature: caring", "did you mean 'care'"),
        ("jurisdictions.yaml", "to: 36, county: Kimball", "to: 36, county: Kimbal", "Kimbal}", "did you mean 'Kimball'"),
        ("jurisdictions.yaml", "from: 0, to: 36", "from: 36, to: 0", "to: 0", "higher mile"),
    ],
)
def test_a_mistake_names_file_line_and_mend(file: str, old: str, new: str, line_holds: str, message: str) -> None:
    files = example_files()
    assert old in files[file]
    files[file] = files[file].replace(old, new, 1)
    with pytest.raises(PolicyError) as refusal:
        load_policy(files, taxonomy())
    assert refusal.value.file == file
    assert line_holds in files[file].splitlines()[refusal.value.line - 1]
    assert message in str(refusal.value)


def test_a_rule_that_catches_everything_must_be_the_last() -> None:
    files = example_files()
    files["routing.yaml"] = files["routing.yaml"].replace("    when: {labels_only: [nature:care]}\n", "", 1)
    with pytest.raises(PolicyError, match="'care' catches everything"):
        load_policy(files, taxonomy())


def test_a_policy_without_a_catch_all_is_refused() -> None:
    files = example_files()
    before, _, after = files["routing.yaml"].partition("  - id: everything-else\n")
    files["routing.yaml"] = before + "\nnotify:" + after.partition("\nnotify:")[2]
    with pytest.raises(PolicyError, match="the last rule must catch everything"):
        load_policy(files, taxonomy())


@given(st.text(max_size=200))
def test_any_text_as_routing_is_a_policy_or_a_clear_error(text: str) -> None:
    files = {**example_files(), "routing.yaml": text}
    with pytest.raises(PolicyError) as refusal:
        load_policy(files, taxonomy())
    assert refusal.value.line >= 1
