"""What everybody who calls partners' programs must do. Subclass and say how to make a caller."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event as Signal

import pytest

from ingest.ports import HookAnswer, HookCaller
from tests.receiver import HOST, Receiver, receiving

HERE = "127.0.0.1"
INSIDE = (
    HERE, "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:0:7f00:1::1", "not an address",
)  # fmt: skip

LookUp = Callable[[str, int], Sequence[str]]


class HookCallerSuite:
    def make(self, look_up: LookUp, *, allow_private: bool, ca_file: str, seconds: float) -> AbstractContextManager[HookCaller]:
        """A caller that looks names up so."""
        raise NotImplementedError

    @pytest.fixture
    def served(self, tmp_path: Path) -> Iterator[tuple[Receiver, Path]]:
        with receiving(tmp_path) as served:
            yield served

    def call(
        self,
        served: tuple[Receiver, Path],
        url: str = "",
        found: Sequence[str] = (HERE,),
        private: bool = True,
        seconds: float = 5.0,
        ca: bool = True,
    ) -> HookAnswer:
        receiver, authority = served
        ca_file = str(authority) if ca else ""
        with self.make(lambda *_: found, allow_private=private, ca_file=ca_file, seconds=seconds) as caller:
            return caller.post(url or receiver.url(), {"webhook-id": "msg_1"}, b'{"a":1}')

    def test_posts_what_it_is_given(self, served: tuple[Receiver, Path]) -> None:
        assert self.call(served) == HookAnswer(204)
        (got,) = served[0].got
        assert (got.path, got.body, got.headers["webhook-id"]) == ("/tipstream?token=t", b'{"a":1}', "msg_1")
        assert got.headers["host"] == f"{HOST}:{served[0].port}"

    def test_calls_https_only(self, served: tuple[Receiver, Path]) -> None:
        assert self.call(served, served[0].url().replace("https://", "http://")).status == 0
        assert served[0].got == []

    @pytest.mark.parametrize("address", INSIDE, ids=[str(place) for place in range(len(INSIDE))])
    def test_calls_only_public_addresses(self, served: tuple[Receiver, Path], address: str) -> None:
        assert self.call(served, found=[address], private=False) == HookAnswer(0, "refused_address")
        assert self.call(served, found=["93.184.215.14", address], private=False) == HookAnswer(0, "refused_address")
        assert served[0].got == []

    def test_goes_to_the_address_that_was_checked(self, served: tuple[Receiver, Path]) -> None:
        asked: list[str] = []

        def look_up(host: str, _: int) -> Sequence[str]:
            asked.append(host)
            return [HERE]

        receiver, authority = served
        with self.make(look_up, allow_private=True, ca_file=str(authority), seconds=5) as caller:
            assert caller.post(receiver.url(), {}, b"").status == 204
        assert asked == [HOST]

    def test_tries_every_address(self, served: tuple[Receiver, Path]) -> None:
        assert self.call(served, found=["127.0.0.2", HERE]) == HookAnswer(204)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_follows_no_redirect(self, served: tuple[Receiver, Path], status: int) -> None:
        served[0].answer = lambda _: status
        assert self.call(served) == HookAnswer(status)
        assert len(served[0].got) == 1

    def test_never_waits_long(self, served: tuple[Receiver, Path]) -> None:
        """Not for an answer, and not for one that comes drop by drop."""
        go_on = Signal()
        served[0].before = lambda _: go_on.wait(30)
        begun = time.monotonic()
        assert self.call(served, seconds=0.3) == HookAnswer(0, "timeout")
        go_on.set()
        assert time.monotonic() - begun < 10

    def test_never_waits_long_for_a_name(self, served: tuple[Receiver, Path]) -> None:
        go_on = Signal()

        def look_up(*_: object) -> Sequence[str]:
            go_on.wait(30)
            return [HERE]

        begun = time.monotonic()
        with self.make(look_up, allow_private=True, ca_file="", seconds=0.3) as caller:
            assert caller.post(served[0].url(), {}, b"") == HookAnswer(0, "timeout")
            assert time.monotonic() - begun < 10
            go_on.set()

    def test_never_raises(self, served: tuple[Receiver, Path]) -> None:
        def unknown(*_: object) -> Sequence[str]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        with self.make(unknown, allow_private=True, ca_file="", seconds=5) as caller:
            assert caller.post(served[0].url(), {}, b"") == HookAnswer(0, "no_such_host")
        assert self.call(served, found=[]) == HookAnswer(0, "no_such_host")
        assert self.call(served, ca=False) == HookAnswer(0, "certificate")
        assert self.call(served, served[0].url("other.example.org")) == HookAnswer(0, "certificate")
        assert self.call(served, found=["127.0.0.2"]) == HookAnswer(0, "no_connection")
        for url in ("", "https://", "https:///x", "https://a b", "https://[", "https://h:99999/", "https://\x00/", "ftp://h/"):
            with self.make(lambda *_: [HERE], allow_private=True, ca_file="", seconds=5) as caller:
                assert caller.post(url, {}, b"").status == 0
        assert served[0].got == []
