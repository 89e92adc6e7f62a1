"""What goes out to webhooks: an address that can be called, a signature that holds, and pauses that grow."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from ingest.domain.webhook import Delivery, DeliveryState, Webhook
from ingest.hooks.hook_address import check_address, shown
from ingest.hooks.hook_message import SECRET_PREFIX, body_of, signed_headers, written_secret
from ingest.hooks.hook_retries import JITTER, PATIENCE, PAUSES, after
from ingest.ports import HookAnswer
from tests.builders import NOON
from triage.domain.errors import InvalidInput
from triage.domain.sender import Progress

HOOK = Webhook("whk_1", "prairie-haul", "https://hooks.example.org/", tuple(Progress), ("c2VhbGVk",), NOON)
DELIVERY = Delivery("msg_1", "whk_1", "prairie-haul", "tip_1", Progress.CLOSED, NOON, "{}", NOON)


@given(st.binary(min_size=24, max_size=64), st.dictionaries(st.text(), st.text()))
def test_a_receiver_can_verify_what_is_sent(secret: bytes, data: dict[str, str]) -> None:
    now = datetime.now(UTC)
    body = body_of("tip.closed", NOON, data)
    headers = signed_headers("msg_1", body, [secret], now)
    told = Verifier(written_secret(secret)).verify(body, headers)
    assert (told["type"], told["timestamp"], told["data"]) == ("tip.closed", "2026-11-01T12:00:00Z", data)


def test_while_two_secrets_sign_each_owner_can_verify() -> None:
    old, new, other = b"o" * 32, b"n" * 32, b"x" * 32
    headers = signed_headers("msg_1", "{}", [new, old], datetime.now(UTC))
    for secret in (old, new):
        Verifier(written_secret(secret)).verify("{}", headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(written_secret(other)).verify("{}", headers)


@pytest.mark.parametrize("change", [("webhook-id", "msg_2"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")])
def test_what_was_changed_on_its_way_does_not_verify(change: tuple[str, str]) -> None:
    secret = b"s" * 32
    headers = {**signed_headers("msg_1", "{}", [secret], datetime.now(UTC)), change[0]: change[1]}
    with pytest.raises(WebhookVerificationError):
        Verifier(written_secret(secret)).verify("{}", headers)


def test_a_secret_can_be_recognised() -> None:
    assert written_secret(b"s" * 32) == SECRET_PREFIX + base64.b64encode(b"s" * 32).decode()


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "https://a.example:8443/x?y=z",
        "https://192.0.2.1/x",
        "https://[2001:db8::1]:444/",
        "https://xn--bcher-kva.example/",
    ],
)
def test_an_address_over_https_is_taken(url: str) -> None:
    assert check_address(url) == url


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "not_an_address"),
        ("http://a.example/", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("//a.example", "not_https"),
        ("https://", "not_an_address"),
        ("https:///x", "not_an_address"),
        ("https://a.example:0/", "not_an_address"),
        ("https://a.example:99999/", "not_an_address"),
        ("https://[::1", "not_an_address"),
        ("https://u:p@a.example/", "with_password"),
        ("https://a.example@b.example/", "with_password"),
        ("https://a.example/#x", "with_fragment"),
        ("https://a.example/\r\nx-injected: 1", "not_an_address"),
        ("https://a.example/ x", "not_an_address"),
        ("https://a.example/\x00", "not_an_address"),
        ("https://a.example\\@b.example/", "not_an_address"),
        ("https://büro.example/", "not_an_address"),
        ("https://a.example/\u202e", "not_an_address"),
        ("https://a.example/" + "x" * 1000, "not_an_address"),
    ],
)
def test_any_other_address_is_refused_and_never_repeated(url: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_address(url)
    (error,) = refused.value.errors
    assert (error.path, error.code) == ("url", code)
    assert not url or url not in error.message


@given(st.text())
def test_no_address_brings_a_line_break_into_a_header(text: str) -> None:
    try:
        url = check_address("https://a.example/" + text)
    except InvalidInput:
        return
    assert url.isascii()
    assert url.isprintable()


def test_what_may_be_secret_in_an_address_is_not_shown() -> None:
    assert shown("https://a.example:8443/x?token=t") == "https://a.example:8443/x"


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_success_ends_it(status: int) -> None:
    failing = Webhook(**{**_fields(HOOK), "failing_since": NOON})
    sent, hook = after(DELIVERY, failing, HookAnswer(status), NOON, 0)
    assert (sent.state, sent.tries, sent.status, hook) == (DeliveryState.SENT, 1, status, HOOK)


@pytest.mark.parametrize("answer", [HookAnswer(0, "timeout"), HookAnswer(301), HookAnswer(404), HookAnswer(500), HookAnswer(100)])
@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_anything_else_is_tried_again_later_and_later(answer: HookAnswer, chance: float) -> None:
    now, delivery, hook, pauses = NOON, DELIVERY, HOOK, []
    while delivery.state is DeliveryState.WAITING:
        now = delivery.due_at
        delivery, hook = after(delivery, hook, answer, now, chance)
        pauses.append(delivery.due_at - now)
    assert (delivery.state, delivery.tries) == (DeliveryState.FAILED, len(PAUSES) + 1)
    assert pauses[:-1] == [pause * (1 + JITTER * chance) for pause in PAUSES]
    assert (hook.failing_since, hook.disabled_at) == (NOON, None)


def test_gone_switches_it_off_at_once() -> None:
    delivery, hook = after(DELIVERY, HOOK, HookAnswer(410), NOON, 0)
    assert (delivery.state, hook.disabled_at) == (DeliveryState.FAILED, NOON)


def test_failing_for_days_switches_it_off() -> None:
    _, failing = after(DELIVERY, HOOK, HookAnswer(500), NOON, 0)
    _, still = after(DELIVERY, failing, HookAnswer(500), NOON + PATIENCE - timedelta(seconds=1), 0)
    assert still.disabled_at is None
    _, off = after(DELIVERY, still, HookAnswer(500), NOON + PATIENCE, 0)
    assert off.disabled_at == NOON + PATIENCE


def test_a_body_holds_what_it_is_given_and_nothing_else() -> None:
    assert json.loads(body_of("tip.read", NOON, {"id": "tip_1"})) == {
        "type": "tip.read",
        "timestamp": "2026-11-01T12:00:00Z",
        "data": {"id": "tip_1"},
    }


def _fields(hook: Webhook) -> dict[str, Any]:
    return {name: getattr(hook, name) for name in hook.__dataclass_fields__}
