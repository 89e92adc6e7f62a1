"""Webhooks in the hands of their owners: limits, secrets, rotation, replay, and nothing of another partner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ingest.domain.partner import Quotas
from ingest.domain.webhook import DeliveryState, Webhook
from ingest.hooks.hook_message import written_secret
from ingest.hooks.hooks import MOST, OVERLAP, Hooks, Owner, secrets_of
from ingest.ports import PartnerStorage
from tests.intake import SCHOOL, TRUCKING, Intake
from triage.domain.errors import Conflict, InvalidInput, NotFound
from triage.domain.sender import Progress

URL = "https://hooks.example.org/in?token=hush"
OWNER = Owner(TRUCKING, "partner:prairie-haul")


@pytest.fixture
def hooks(intake: Intake) -> Hooks:
    deps = intake.deps
    return Hooks(deps.partner_side, deps.sealer, deps.clock, deps.ids, deps.random)


def opened(intake: Intake, webhook: Webhook) -> list[str]:
    return [written_secret(secret) for secret in secrets_of(webhook, intake.deps.sealer, intake.clock.now())]


def audited(storage: PartnerStorage, webhook: Webhook) -> list[tuple[str, str]]:
    with storage.reading() as work:
        return [(row.actor, row.action) for row in work.audit.of_object(f"webhook:{webhook.id}", 50)]


def test_a_new_one_is_told_everything_and_its_secret_is_kept_sealed(hooks: Hooks, intake: Intake) -> None:
    webhook, secret = hooks.add(OWNER, URL)
    assert webhook.steps == tuple(Progress)
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in repr(webhook)
    assert opened(intake, webhook) == [secret]
    assert hooks.all(OWNER) == [webhook]


def test_no_more_than_the_quota_in_the_sandbox_and_outside_of_it_each(hooks: Hooks) -> None:
    for _ in range(MOST):
        hooks.add(OWNER, URL)
    with pytest.raises(Conflict, match="3 webhooks"):
        hooks.add(OWNER, URL)
    hooks.add(replace(OWNER, sandbox=True), URL)
    hooks.add(replace(OWNER, partner=replace(TRUCKING, quotas=Quotas(webhooks=4))), URL)
    hooks.remove(OWNER, hooks.all(OWNER)[0].id)
    hooks.remove(OWNER, hooks.all(OWNER)[0].id)
    hooks.add(OWNER, URL)


def test_the_old_secret_signs_too_for_a_day(hooks: Hooks, intake: Intake) -> None:
    made, first = hooks.add(OWNER, URL)
    rotated, second = hooks.rotate(OWNER, made.id)
    assert opened(intake, rotated) == [second, first]
    intake.clock.at += OVERLAP
    assert opened(intake, rotated) == [second]


def test_a_second_rotation_ends_the_first_secret(hooks: Hooks, intake: Intake) -> None:
    made, first = hooks.add(OWNER, URL)
    _, second = hooks.rotate(OWNER, made.id)
    rotated, third = hooks.rotate(OWNER, made.id)
    assert opened(intake, rotated) == [third, second]
    assert first not in opened(intake, rotated)


def test_it_can_be_switched_off_and_on(hooks: Hooks, intake: Intake) -> None:
    made, _ = hooks.add(OWNER, URL, [Progress.CLOSED])
    off = hooks.change(OWNER, made.id, enabled=False)
    assert off.disabled_at == intake.clock.now()
    assert hooks.change(OWNER, made.id, enabled=True, steps=[Progress.READ, Progress.RECEIVED]).steps == (Progress.RECEIVED, Progress.READ)
    with intake.deps.partner_side.reading() as work:
        assert [webhook.id for webhook in work.webhooks.at_work()] == [made.id]


def test_a_test_message_waits_for_its_turn(hooks: Hooks) -> None:
    made, _ = hooks.add(OWNER, URL)
    delivery = hooks.test(OWNER, made.id)
    assert '"type":"webhook.test"' in delivery.body
    assert hooks.get(OWNER, made.id) == (made, [delivery])


def test_a_message_can_be_replayed_under_its_id(hooks: Hooks, intake: Intake) -> None:
    made, _ = hooks.add(OWNER, URL)
    sent = replace(hooks.test(OWNER, made.id), state=DeliveryState.FAILED, tries=10, status=500)
    with intake.deps.partner_side.writing() as work:
        work.webhooks.put_delivery(sent)
    intake.clock.forward(days=4)
    again = hooks.replay(OWNER, made.id, sent.id)
    assert (again.id, again.state, again.tries, again.due_at) == (sent.id, DeliveryState.WAITING, 0, intake.clock.now())
    with pytest.raises(NotFound):
        hooks.replay(OWNER, made.id, "msg_unknown")


@pytest.mark.parametrize(
    "act",
    [
        lambda hooks, owner, id: hooks.get(owner, id),
        lambda hooks, owner, id: hooks.change(owner, id, enabled=False),
        lambda hooks, owner, id: hooks.rotate(owner, id),
        lambda hooks, owner, id: hooks.remove(owner, id),
        lambda hooks, owner, id: hooks.test(owner, id),
        lambda hooks, owner, id: hooks.replay(owner, id, "msg_1"),
    ],
    ids=["get", "change", "rotate", "remove", "test", "replay"],
)
@pytest.mark.parametrize("other", [Owner(SCHOOL, "partner:oak-school"), replace(OWNER, sandbox=True)], ids=["partner", "sandbox"])
def test_anothers_does_not_exist(hooks: Hooks, act: Callable[[Hooks, Owner, str], object], other: Owner) -> None:
    made, _ = hooks.add(OWNER, URL)
    with pytest.raises(NotFound):
        act(hooks, other, made.id)
    assert hooks.all(other) == []
    assert hooks.get(OWNER, made.id) == (made, [])


def test_a_message_of_another_webhook_cannot_be_replayed(hooks: Hooks) -> None:
    one, other = hooks.add(OWNER, URL)[0], hooks.add(OWNER, URL)[0]
    with pytest.raises(NotFound):
        hooks.replay(OWNER, one.id, hooks.test(OWNER, other.id).id)


def test_every_change_is_audited_without_the_address(hooks: Hooks, intake: Intake) -> None:
    made, _ = hooks.add(OWNER, URL)
    delivery = hooks.test(OWNER, made.id)
    hooks.rotate(OWNER, made.id)
    hooks.change(OWNER, made.id, steps=[Progress.READ])
    hooks.replay(OWNER, made.id, delivery.id)
    hooks.remove(OWNER, made.id)
    done = ["added", "tested", "rotated", "changed", "replayed", "removed"]
    assert audited(intake.deps.partner_side, made) == [("partner:prairie-haul", f"webhook.{what}") for what in done]
    with intake.deps.partner_side.reading() as work:
        assert "hush" not in repr(work.audit.of_object(f"webhook:{made.id}", 50))


def test_a_wrong_address_makes_nothing(hooks: Hooks) -> None:
    with pytest.raises(InvalidInput):
        hooks.add(OWNER, "http://hooks.example.org/")
    assert hooks.all(OWNER) == []
