"""What every maker of reports must do. Subclass and name the maker."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from triage.domain.report import Report, Section
from triage.ports import Reports

MARK = "Taken out by ana on 2026-11-28 for: a briefing"


def shown(pdf: bytes) -> list[str]:
    """The words of each page, in the order in which they are drawn, a space between what was drawn by itself."""
    streams = [zlib.decompressobj().decompress(stream) for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)]
    pages = [stream for stream in streams if b" Tj" in stream or b" TJ" in stream]
    return [" ".join(_unescaped(text) for text in re.findall(rb"\(((?:\\.|[^\\()])*)\)", page)) for page in pages]


def _unescaped(text: bytes) -> str:
    return re.sub(rb"\\(.)", rb"\1", text, flags=re.S).decode("latin-1")


def letters(text: str) -> str:
    """Without anything that lines are broken at."""
    return "".join(text.split())


class ReportsSuite:
    adapter: Callable[[], Reports]

    def made(self, *sections: Section, notes: tuple[str, ...] = ("a note",)) -> list[str]:
        return shown(type(self).adapter().pdf(Report("Case case_1", MARK, notes, sections)))

    def test_writes_every_text(self) -> None:
        sections = [
            Section("The case", ("¿Qué pasó? (a line)", "it said \\ that"), ("What", "Value"), (("Desk", "Cargo"), ("Owner", "Zoë"))),
            Section("A long one", tuple(f"line-{number}" for number in range(150))),
            Section("Head alone", ("nothing else",), ("A", "B"), ()),
        ]
        found = letters("".join(self.made(*sections)))
        texts = ["Case case_1", "a note"]
        for section in sections:
            texts += [
                section.title,
                *section.lines,
                *(section.head if section.rows else ()),
                *(cell for row in section.rows for cell in row),
            ]
        position = 0
        for text in texts:
            position = found.find(letters(text), position)
            assert position >= 0, text

    def test_marks_every_page(self) -> None:
        pages = self.made(Section("Long", tuple(f"line-{number}" for number in range(200))))
        assert len(pages) > 2
        assert all(letters(MARK) in letters(page) for page in pages)

    def test_takes_any_text(self) -> None:
        texts = ("نص عربي", "\x00\x07\x1b[31m", "x) Tj ET (", "a" * 3_000, "👩‍🚒", "", "\n\n", "**bold** __x__ --y--")
        long = " ".join(f"WWW{number}" for number in range(700))
        wide = Section("Wide", (), ("A", "B", "C", "D", "E"), (("1", "2", "3", "4", "5"), ("1", "2", "3", "4", long), ("x\ny\n" * 90,) * 5))
        found = letters("".join(self.made(Section("Any", texts, ("A",), tuple((text,) for text in texts)), wide)))
        assert [int(number) for number in re.findall(r"WWW(\d+)", found)] == list(range(700))
        assert "????" in found
        assert found.count(letters("x) Tj ET (")) == found.count("**bold**__x__--y--") == 2

    def test_keeps_order(self) -> None:
        rows = tuple((f"row-{number * 7 % 40}", "Ñandú") for number in range(40))
        found = letters("".join(self.made(Section("Rows", (), ("One", "Two"), rows))))
        assert re.findall(r"row-\d+", found) == [row[0] for row in rows]
