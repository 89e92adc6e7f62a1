"""What everybody who carries messages to people must do. Subclass and say how to make one, and what has come out at the other end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest

from triage.domain.errors import Unavailable
from triage.ports import Messenger

LINES = ["A tip waits.", "", "Tip: tip_1 – ñ", ".", "From here on nothing."]
ADDRESS = "https://tips.test/desk/tip/tip_1"


class OtherEnd(Protocol):
    """Where messages come out."""

    def come(self) -> list[tuple[str, str, str]]:
        """What has come so far: to whom, the subject, and the text with the address."""

    def refuse(self, to: str) -> None:
        """Take nothing for this person from now on."""


class MessengerSuite:
    ana = "ana@desk.test"

    def open(self, folder: Path) -> AbstractContextManager[tuple[Messenger, OtherEnd]]:
        """A messenger, and where its messages come out."""
        raise NotImplementedError

    def nowhere(self, folder: Path) -> Messenger:
        """A messenger that finds nobody at its other end."""
        raise NotImplementedError

    @pytest.fixture
    def ends(self, tmp_path: Path) -> Iterator[tuple[Messenger, OtherEnd]]:
        with self.open(tmp_path) as ends:
            yield ends

    def test_brings_what_it_was_given(self, ends: tuple[Messenger, OtherEnd]) -> None:
        messenger, other_end = ends
        messenger.send(self.ana, "P0 waits at Señales", LINES, ADDRESS)
        messenger.send("bo@desk.test", "P1 waits", ["Short."], ADDRESS)
        (first, second) = other_end.come()
        assert first[:2] == (self.ana, "P0 waits at Señales")
        assert [line for line in LINES if line] == [line for line in first[2].splitlines() if line and line != ADDRESS]
        assert ADDRESS in first[2]
        assert second[:2] == ("bo@desk.test", "P1 waits")

    def test_says_when_it_could_not(self, ends: tuple[Messenger, OtherEnd], tmp_path: Path) -> None:
        messenger, other_end = ends
        other_end.refuse(self.ana)
        with pytest.raises(Unavailable) as refusal:
            messenger.send(self.ana, "P0 waits", LINES, ADDRESS)
        assert self.ana not in str(refusal.value)
        messenger.send("bo@desk.test", "P0 waits", LINES, ADDRESS)
        assert [to for to, *_ in other_end.come()] == ["bo@desk.test"]
        with pytest.raises(Unavailable):
            self.nowhere(tmp_path).send(self.ana, "P0 waits", LINES, ADDRESS)

    def test_takes_one_line_as_one_line(self, ends: tuple[Messenger, OtherEnd]) -> None:
        messenger, other_end = ends
        messenger.send(self.ana, "P0 waits\r\nBcc: eve@elsewhere.test\n\nmore", LINES, ADDRESS)
        for to in ("", " ", f"{self.ana}\nBcc: eve@elsewhere.test", f"{self.ana}\r\nRCPT TO:<eve@elsewhere.test>"):
            with pytest.raises(Unavailable):
                messenger.send(to, "P0 waits", LINES, ADDRESS)
        ((to, subject, _),) = other_end.come()
        assert (to, subject) == (self.ana, "P0 waits Bcc: eve@elsewhere.test more")
