"""The caller of partners' programs, and callers that each break one rule."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.hook_caller import HttpsHookCaller, is_public
from ingest.ports import HookAnswer, HookCaller
from tests.contract.hook_caller_suite import HookCallerSuite, LookUp
from tests.contract.saboteurs import caught, expected


class HttpsCallers(HookCallerSuite):
    adapter: Any = HttpsHookCaller

    def make(self, look_up: LookUp, *, allow_private: bool, ca_file: str, seconds: float) -> AbstractContextManager[HookCaller]:
        made: AbstractContextManager[HookCaller] = self.adapter(allow_private, ca_file, seconds, look_up)
        return made


class TestHttpsHookCaller(HttpsCallers):
    pass


class LooksAtTheFirstAlone(HttpsHookCaller):
    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        if self._allow_private or not is_public(self._look_up(host, port)[0]):
            return await super()._addresses(host, port)
        return []  # what a call to the first one would be, without making it


class LooksTwice(HttpsHookCaller):
    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        await super()._addresses(host, port)
        return await super()._addresses(host, port)


class TriesTheFirstAlone(HttpsHookCaller):
    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        return (await super()._addresses(host, port))[:1]


class Raises(HttpsHookCaller):
    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        answer = super().post(url, headers, body)
        if answer.failure == "no_such_host":
            raise httpx.ConnectError("")
        return answer


BREAKS = {
    LooksAtTheFirstAlone: "test_calls_only_public_addresses",
    LooksTwice: "test_goes_to_the_address_that_was_checked",
    TriesTheFirstAlone: "test_tries_every_address",
    Raises: "test_never_raises",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, HttpsCallers, BREAKS, BREAKS.values()) == expected(BREAKS)


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="100.64.0.0/10") | st.ip_addresses(network="fc00::/7"))
def test_no_inner_address_is_public(address: Any) -> None:
    assert not is_public(str(address))
    if address.version == 4:
        for prefix in ("::ffff:", "::", "64:ff9b::"):
            assert not is_public(f"{prefix}{address}")


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"])
def test_addresses_of_the_world_are_public(address: str) -> None:
    assert is_public(address)


def test_many_threads_may_call_at_once(tmp_path: Any) -> None:
    async def all_at_once() -> list[HookAnswer]:
        with HttpsHookCaller(look_up=lambda *_: ["10.0.0.1"]) as caller:
            return await asyncio.gather(*(asyncio.to_thread(caller.post, "https://h.example/", {}, b"") for _ in range(20)))

    assert asyncio.run(all_at_once()) == [HookAnswer(0, "refused_address")] * 20
