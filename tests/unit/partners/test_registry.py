"""The register: who may report, with which keys, and who signs in; each change with its audit row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.security import Argon2Passwords
from infra.storage.partner_work import SqlPartnerStorage
from ingest.domain.partner import ApiKey, Partner, PartnerContact, PartnerStatus, Scope, Staff
from ingest.registry.api_key import token_hash
from ingest.registry.partner_file import PartnerEntry
from ingest.registry.registry import LONGEST_LIFE, STEPS, KeyOrder, Registry
from tests.builders import NOON, StillClock
from tests.unit.partners.conftest import HAULIER
from triage.domain.audit import AuditRow
from triage.domain.errors import AlreadyExists, Conflict, InvalidInput, NotFound

ANN = "user:usr_ann"
SLUG = HAULIER.slug
Audit = Callable[[str], list[AuditRow]]


def known(side: SqlPartnerStorage, slug: str = SLUG) -> Partner:
    with side.reading() as work:
        partner = work.partners.get(slug)
    assert partner is not None
    return partner


def keys(side: SqlPartnerStorage, slug: str = SLUG) -> dict[str, ApiKey]:
    with side.reading() as work:
        return {key.id: key for key in work.partners.keys(slug)}


def found_by(side: SqlPartnerStorage, token: str, clock: StillClock) -> bool:
    with side.reading() as work:
        return work.partners.by_key(token_hash(token), clock.now()) is not None


def person(side: SqlPartnerStorage, name: str) -> Staff:
    with side.reading() as work:
        staff = work.staff.by_name(name)
    assert staff is not None
    return staff


def test_a_change_names_its_fields_and_not_what_they_hold(registry: Registry, side: SqlPartnerStorage, audit: Audit) -> None:
    contact = PartnerContact("Nia Night", "dispatch", "308-555-0142", "nia@haul.example")
    assert registry.change(ANN, SLUG, title="Prairie Haulage", contacts=(contact,), state="NE") == ("title", "contacts")
    assert (known(side).title, known(side).contacts, known(side).county) == ("Prairie Haulage", (contact,), "Keith")
    (row,) = audit(SLUG)
    assert (row.actor, row.action, row.object, row.at) == (ANN, "partner.change", f"partner:{SLUG}", NOON)
    assert row.detail == {"fields": "title,contacts"}


def test_no_change_is_no_row(registry: Registry, audit: Audit) -> None:
    assert registry.change(ANN, SLUG, title=HAULIER.title) == ()
    assert audit(SLUG) == []


def test_a_change_that_does_not_fit_changes_nothing(registry: Registry, side: SqlPartnerStorage, audit: Audit) -> None:
    with pytest.raises(InvalidInput) as refusal:
        registry.change(ANN, SLUG, title="", state="Nebraska", contacts=(PartnerContact("Nia", email="nia at haul"),))
    assert [(e.path, e.code) for e in refusal.value.errors] == [
        ("title", "empty"),
        ("state", "not_a_state"),
        ("contacts[0].email", "not_an_email"),
    ]
    assert "nia at haul" not in str(refusal.value)
    assert (known(side), audit(SLUG)) == (HAULIER, [])


def test_slug_and_status_do_not_change_by_the_way(registry: Registry, side: SqlPartnerStorage) -> None:
    for changed in ({"slug": "other"}, {"status": PartnerStatus.ENDED}):
        with pytest.raises(Conflict):
            registry.change(ANN, SLUG, **changed)
    assert known(side) == HAULIER


def test_a_slug_is_taken_once(registry: Registry, side: SqlPartnerStorage) -> None:
    with pytest.raises(AlreadyExists):
        registry.add(ANN, Partner(SLUG, "Another", "bank"))
    assert known(side) == HAULIER


@pytest.mark.parametrize("slug", ["code", "12", "Prairie", "a", "x" * 41, "prairie haul", "prairie-haul\n", "-ab", "../x"])
def test_a_slug_is_an_address(registry: Registry, slug: str) -> None:
    with pytest.raises(InvalidInput):
        registry.add(ANN, Partner(slug, "Another", "bank"))


LEADS_TO = {
    (PartnerStatus.PENDING, "suspend"): PartnerStatus.SUSPENDED,
    (PartnerStatus.PENDING, "resume"): PartnerStatus.ACTIVE,
    (PartnerStatus.PENDING, "end"): PartnerStatus.ENDED,
    (PartnerStatus.ACTIVE, "suspend"): PartnerStatus.SUSPENDED,
    (PartnerStatus.ACTIVE, "end"): PartnerStatus.ENDED,
    (PartnerStatus.SUSPENDED, "resume"): PartnerStatus.ACTIVE,
    (PartnerStatus.SUSPENDED, "end"): PartnerStatus.ENDED,
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", list(PartnerStatus))
def test_statuses_change_by_steps_alone(
    registry: Registry, side: SqlPartnerStorage, audit: Audit, status: PartnerStatus, step: str
) -> None:
    registry.add(ANN, Partner("oak-school", "Oak School", "school", status=status))
    after = LEADS_TO.get((status, step))
    if after is None:
        with pytest.raises(Conflict):
            registry.step(ANN, "oak-school", step, "a reason")
        assert (known(side, "oak-school").status, audit("oak-school")) == (status, [])
        return
    assert registry.step(ANN, "oak-school", step, " they asked ").status is known(side, "oak-school").status is after
    (row,) = audit("oak-school")
    assert (row.action, row.purpose, row.detail) == (f"partner.{step}", "they asked", {"from": str(status), "to": str(after)})


def test_a_step_needs_a_reason_and_a_name(registry: Registry) -> None:
    with pytest.raises(InvalidInput):
        registry.step(ANN, SLUG, "suspend", "  ")
    with pytest.raises(NotFound):
        registry.step(ANN, SLUG, "delete", "a reason")
    with pytest.raises(NotFound):
        registry.step(ANN, "nobody", "suspend", "a reason")


@given(scopes=st.sets(st.sampled_from(Scope), min_size=1), sandbox=st.booleans(), days=st.none() | st.integers(1, LONGEST_LIFE.days))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_key_may_do_what_was_ordered_and_no_more(
    registry: Registry, side: SqlPartnerStorage, audit: Audit, scopes: set[Scope], sandbox: bool, days: int | None
) -> None:
    life = timedelta(days=days) if days else None
    made = registry.issue(ANN, SLUG, KeyOrder("dispatch", tuple(scopes), sandbox, life))
    kept = keys(side)[made.key.id]
    assert (set(kept.scopes), kept.sandbox, kept.expires_at) == (scopes, sandbox, NOON + life if life else None)
    assert made.token.startswith("ts_test_" if sandbox else "ts_live_")
    assert (kept.key_hash, kept.partner, kept.label) == (token_hash(made.token), SLUG, "dispatch")
    row = audit(SLUG)[-1]
    assert (row.action, row.detail["key"]) == ("key.issue", kept.id)
    assert made.token not in repr((made, row, kept))


@pytest.mark.parametrize(
    ("order", "path"),
    [
        (KeyOrder(scopes=()), "scopes"),
        (KeyOrder("x" * 121), "label"),
        (KeyOrder("two\nlines"), "label"),
        (KeyOrder(life=timedelta(0)), "days"),
        (KeyOrder(life=LONGEST_LIFE + timedelta(days=1)), "days"),
    ],
)
def test_an_order_that_does_not_fit_makes_no_key(registry: Registry, side: SqlPartnerStorage, order: KeyOrder, path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        registry.issue(ANN, SLUG, order)
    assert [e.path for e in refusal.value.errors] == [path]
    assert keys(side) == {}


def test_after_a_rotation_both_keys_work_until_the_overlap_is_over(
    registry: Registry, side: SqlPartnerStorage, audit: Audit, clock: StillClock
) -> None:
    old = registry.issue(ANN, SLUG, KeyOrder("dispatch", (Scope.READ,), True, timedelta(days=30)))
    clock.forward(days=10)
    new = registry.rotate(ANN, SLUG, old.key.id)
    assert keys(side)[old.key.id].replaced_by == new.key.id
    assert (new.key.label, new.key.scopes, new.key.sandbox) == ("dispatch", (Scope.READ,), True)
    assert new.key.expires_at == clock.now() + timedelta(days=30)
    row = audit(SLUG)[-1]
    assert (row.action, row.detail["key"], row.detail["replaces"]) == ("key.rotate", new.key.id, old.key.id)
    clock.forward(days=6, hours=23)
    assert (found_by(side, old.token, clock), found_by(side, new.token, clock)) == (True, True)
    clock.forward(hours=1)
    assert (found_by(side, old.token, clock), found_by(side, new.token, clock)) == (False, True)


def test_a_rotation_never_makes_the_old_key_last_longer(registry: Registry, side: SqlPartnerStorage) -> None:
    old = registry.issue(ANN, SLUG, KeyOrder(life=timedelta(days=2)))
    registry.rotate(ANN, SLUG, old.key.id, timedelta(days=30))
    assert keys(side)[old.key.id].expires_at == NOON + timedelta(days=2)


def test_a_key_is_rotated_once_and_only_while_it_works(registry: Registry, side: SqlPartnerStorage, clock: StillClock) -> None:
    replaced, revoked, over = (registry.issue(ANN, SLUG, KeyOrder(life=timedelta(days=9))).key.id for _ in range(3))
    registry.rotate(ANN, SLUG, replaced)
    registry.revoke(ANN, SLUG, revoked)
    for key_id in (replaced, revoked):
        with pytest.raises(Conflict):
            registry.rotate(ANN, SLUG, key_id)
    clock.forward(days=9)
    with pytest.raises(Conflict):
        registry.rotate(ANN, SLUG, over)
    with pytest.raises(InvalidInput):
        registry.rotate(ANN, SLUG, over, timedelta(days=91))
    assert len(keys(side)) == 4


def test_a_revoked_key_ends_at_once_and_is_told_once(registry: Registry, side: SqlPartnerStorage, audit: Audit, clock: StillClock) -> None:
    made = registry.issue(ANN, SLUG, KeyOrder())
    registry.revoke(ANN, SLUG, made.key.id)
    registry.revoke(ANN, SLUG, made.key.id)
    assert not found_by(side, made.token, clock)
    assert [(row.action, row.detail["key"]) for row in audit(SLUG)][1:] == [("key.revoke", made.key.id)]


def test_a_key_or_person_of_another_partner_is_not_there(registry: Registry) -> None:
    key_id = registry.issue(ANN, SLUG, KeyOrder()).key.id
    staff_id = registry.add_staff(ANN, SLUG, "dora").staff.id
    for act in (
        lambda: registry.rotate(ANN, "north-clinic", key_id),
        lambda: registry.revoke(ANN, "north-clinic", key_id),
        lambda: registry.new_password(ANN, "north-clinic", staff_id),
        lambda: registry.deactivate(ANN, "north-clinic", staff_id),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_person_gets_a_password_that_is_kept_as_a_hash(registry: Registry, side: SqlPartnerStorage, audit: Audit) -> None:
    made = registry.add_staff(ANN, SLUG, " dora ", "Dora D.", manager=True)
    kept = person(side, "Dora")
    assert (kept.name, kept.display_name, kept.manager, kept.active) == ("dora", "Dora D.", True, True)
    assert Argon2Passwords().verify(kept.password_hash, made.password)
    (row,) = audit(SLUG)
    assert (row.action, row.detail) == ("staff.add", {"staff": kept.id, "manager": "true"})
    assert made.password not in repr((made, kept, row))


def test_a_new_password_ends_sessions_and_lets_in_again(registry: Registry, side: SqlPartnerStorage, audit: Audit) -> None:
    first = registry.add_staff(ANN, SLUG, "dora")
    registry.deactivate(ANN, SLUG, first.staff.id)
    assert not person(side, "dora").active
    with side.writing() as work:
        work.staff.start_session("hash", first.staff.id, NOON + timedelta(hours=1))
    second = registry.new_password(ANN, SLUG, first.staff.id)
    assert person(side, "dora").active
    assert not Argon2Passwords().verify(person(side, "dora").password_hash, first.password)
    assert Argon2Passwords().verify(person(side, "dora").password_hash, second.password)
    with side.reading() as work:
        assert work.staff.by_session("hash", NOON) is None
    assert [row.action for row in audit(SLUG)] == ["staff.add", "staff.deactivate", "staff.password"]


def test_deactivating_ends_sessions(registry: Registry, side: SqlPartnerStorage) -> None:
    made = registry.add_staff(ANN, SLUG, "dora")
    with side.writing() as work:
        work.staff.start_session("hash", made.staff.id, NOON + timedelta(hours=1))
    registry.deactivate(ANN, SLUG, made.staff.id)
    with side.reading() as work:
        assert work.staff.by_session("hash", NOON) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "do\nra"])
def test_a_name_is_one_line(registry: Registry, name: str) -> None:
    with pytest.raises(InvalidInput):
        registry.add_staff(ANN, SLUG, name)


def test_nothing_new_is_made_for_a_partner_that_has_ended(registry: Registry) -> None:
    key_id = registry.issue(ANN, SLUG, KeyOrder()).key.id
    registry.step(ANN, SLUG, "end", "they closed")
    for act in (
        lambda: registry.issue(ANN, SLUG, KeyOrder()),
        lambda: registry.rotate(ANN, SLUG, key_id),
        lambda: registry.add_staff(ANN, SLUG, "dora"),
    ):
        with pytest.raises(Conflict):
            act()


def entry(partner: Partner, *given: str) -> PartnerEntry:
    return PartnerEntry(partner, frozenset({"slug", "title", "sector", *given}))


def test_a_file_adds_and_changes_what_it_names(registry: Registry, side: SqlPartnerStorage, audit: Audit) -> None:
    registry.step(ANN, SLUG, "suspend", "a key leaked")
    file = [entry(Partner(SLUG, "Prairie Haul Inc", "trucking", "Adams"), "county"), entry(Partner("oak-school", "Oak School", "school"))]
    changes = registry.apply(ANN, file, dry_run=True)
    assert [(change.partner.slug, change.added, [name for name, _, _ in change.fields]) for change in changes] == [
        (SLUG, False, ["title", "county"]),
        ("oak-school", True, []),
    ]
    assert known(side).title == HAULIER.title
    assert registry.apply(ANN, file) == changes
    assert (known(side).title, known(side).county, known(side).state) == ("Prairie Haul Inc", "Adams", "NE")
    assert known(side).status is PartnerStatus.SUSPENDED  # the file does not speak of it
    assert audit(SLUG)[-1].detail == {"fields": "title,county"}
    assert registry.apply(ANN, file) == []


def test_a_file_is_applied_whole_or_not_at_all(registry: Registry, side: SqlPartnerStorage) -> None:
    registry.step(ANN, "north-clinic", "end", "they closed")
    file = [entry(Partner(SLUG, "Renamed", "trucking")), entry(Partner("north-clinic", "North Clinic", "hospital"), "status")]
    with pytest.raises(Conflict, match="has ended for good"):
        registry.apply(ANN, file)
    assert known(side).title == HAULIER.title


def test_a_file_that_does_not_fit_what_is_known_names_the_partner(registry: Registry, side: SqlPartnerStorage) -> None:
    registry.change(ANN, SLUG, agreement_on=date(2026, 5, 1))
    file = [entry(Partner(SLUG, HAULIER.title, "trucking", agreement_until=date(2026, 4, 1)), "agreement_until")]
    with pytest.raises(InvalidInput, match=r"prairie-haul\.agreement_until: The last day cannot come before"):
        registry.apply(ANN, file, dry_run=True)
    assert known(side).agreement_until is None


def test_an_agreement_holds_through_its_last_day() -> None:
    partner = Partner("oak-school", "Oak School", "school", agreement_until=date(2026, 11, 1))
    assert (partner.may_report(date(2026, 11, 1)), partner.may_report(date(2026, 11, 2))) == (True, False)
    assert not Partner("oak", "Oak", "school", status=PartnerStatus.PENDING).may_report(date(2026, 11, 1))
