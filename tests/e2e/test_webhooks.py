"""Webhooks of the running product: a partner's program is told, over HTTPS, whatever becomes of the process that tells it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from tests.e2e.product import Product, until
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.slow


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[Product, Receiver]]:
    with receiving(tmp_path) as (receiver, authority):
        settings = {"TIPSTREAM_WEBHOOK_ALLOW_PRIVATE": "true", "TIPSTREAM_WEBHOOK_CA_FILE": str(authority)}
        with Product(tmp_path / "data", **settings) as product:
            yield product, receiver


def call(product: Product, method: str, path: str, body: object = None) -> Any:
    answer = product.http.request(method, f"/api/v1{path}", json=body, headers={"Authorization": f"Bearer {product.ready['api_key']}"})
    assert answer.status_code < 300, answer.text
    return answer.json()


def messages(receiver: Receiver) -> list[tuple[str, str]]:
    found = [json.loads(got.body) for got in receiver.got]
    return [(each["type"], each["data"].get("id", "")) for each in found]


def test_a_partner_is_told_of_its_tips_even_if_the_clocks_are_killed(told: tuple[Product, Receiver]) -> None:
    product, receiver = told
    made = call(product, "POST", "/webhooks", {"url": receiver.url("127.0.0.1")})
    call(product, "POST", f"/webhooks/{made['webhook']['id']}/test")
    until(lambda: messages(receiver) == [("webhook.test", "")], 60, "the test message")
    receiver.answer = lambda number: 503 if number == 1 else 204
    tips = []
    for number in range(10):
        tips.append(product.post({"narrative": f"he has a gun, room {number}"}).json()["id"])
        if number == 5:
            until(lambda: len(receiver.got) > 3, 60, "the first messages")
            clocks = product.pid("clocks")
            assert clocks
            os.kill(clocks, signal.SIGKILL)
    wanted = {(f"tip.{step}", tip) for tip in tips for step in ("received", "read", "routed")}
    until(lambda: set(messages(receiver)) >= wanted, 120, "every step of every tip")
    by_id: dict[str, set[bytes]] = {}
    for got in receiver.got:
        Verifier(made["secret"]).verify(got.body, got.headers)
        assert b"room" not in got.body
        by_id.setdefault(got.headers["webhook-id"], set()).add(got.body)
    assert len(by_id) == len(wanted) + 1
    assert {len(bodies) for bodies in by_id.values()} == {1}


def test_the_process_that_calls_refuses_what_is_not_public(tmp_path: Path) -> None:
    with receiving(tmp_path) as (receiver, authority), Product(tmp_path / "data", TIPSTREAM_WEBHOOK_CA_FILE=str(authority)) as product:
        made = call(product, "POST", "/webhooks", {"url": receiver.url("127.0.0.1")})["webhook"]["id"]
        call(product, "POST", f"/webhooks/{made}/test")

        def failure() -> str:
            (delivery,) = call(product, "GET", f"/webhooks/{made}")["deliveries"]
            return str(delivery["failure"])

        until(lambda: failure() == "refused_address", 60, "the refusal")
        assert receiver.got == []
