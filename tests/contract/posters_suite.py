"""What everything that draws posters must do. Subclass and say what draws."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from html import unescape
from xml.etree import ElementTree

import pytest
import segno

from ingest.domain.poster import Paper, Poster
from ingest.ports.posters import Posters

POSTER = Poster(
    url="https://tips.example.gov/r/prairie-haul",
    language="es",
    title="Prairie Haul <Trucking> & Söhne",
    heading="¿Vio algo? Díganos.",
    scan="Apunte aquí la cámara, o vaya a",
    sentences=("No tiene que dar su nombre.", "Puede escribir en su idioma."),
    danger="¿Peligro ahora? Llame al 911.",
)
SIZES = {Paper.LETTER: (612, 792), Paper.A4: (595, 842)}

Square = tuple[float, float]


class PostersSuite:
    adapter: type[Posters]

    @pytest.fixture
    def posters(self) -> Posters:
        return self.adapter()

    def test_draws_the_code_of_the_address(self, posters: Posters) -> None:
        for url in (POSTER.url, "https://tips.example.gov/r/survey/streets-2026?lang=en"):
            poster = replace(POSTER, url=url)
            assert _svg_code(posters.svg(poster)) in _codes_of(url)
            assert _pdf_code(posters.pdf(poster, Paper.A4)) in _codes_of(url)

    def test_says_everything(self, posters: Posters) -> None:
        texts = {POSTER.title, POSTER.heading, POSTER.scan, POSTER.address, *POSTER.sentences, POSTER.danger}
        words = set(" ".join(texts).split())
        svg = ElementTree.fromstring(posters.svg(POSTER))
        assert words <= set(" ".join(part for part in svg.itertext()).split())
        for paper, size in SIZES.items():
            pdf = posters.pdf(POSTER, paper)
            box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
            assert box is not None
            assert tuple(round(float(side)) for side in box.groups()) == size
            assert pdf.count(b"/Type /Page\n") == 1
            assert words <= set(" ".join(re.findall(r"\(((?:\\.|[^\\)])*)\) Tj", _page(pdf))).replace("\\", "").split())

    @pytest.mark.parametrize("title", ["Ł Đường 東京 🚚", "‘Quotes’ – dashes…", "x" * 120, "a\u0301", "", '"><script>'])
    def test_takes_any_text(self, posters: Posters, title: str) -> None:
        poster = replace(POSTER, title=title)
        ElementTree.fromstring(posters.svg(poster))
        assert posters.pdf(poster, Paper.LETTER).startswith(b"%PDF-")


def _codes_of(url: str) -> list[frozenset[Square]]:
    """The dark modules of every code that says exactly this: cameras read each."""
    made = (segno.make(url, error=level, micro=False, boost_error=boost) for level in "lmqh" for boost in (True, False))
    return [frozenset((column, row) for row, line in enumerate(code.matrix) for column, dark in enumerate(line) if dark) for code in made]


def _svg_code(svg: str) -> frozenset[Square]:
    path = re.search(r'<path [^>]*d="([^"]+)"', unescape(svg))
    assert path is not None
    return _squares((int(x), int(y), int(length)) for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", path[1]))


def _pdf_code(pdf: bytes) -> frozenset[Square]:
    bars = [tuple(map(float, bar)) for bar in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) -([\d.]+) re", _page(pdf))]
    module = min(height for _, _, _, height in bars)
    left, top = min(x for x, _, _, _ in bars), max(y for _, y, _, _ in bars)
    return _squares((round((x - left) / module), round((top - y) / module), round(width / module)) for x, y, width, _ in bars)


def _squares(bars: object) -> frozenset[Square]:
    """The modules that horizontal bars cover, counted from the code's upper left corner."""
    found = [(x + more, y) for x, y, length in bars for more in range(length)]  # type: ignore[attr-defined]
    left, top = min(x for x, _ in found), min(y for _, y in found)
    return frozenset((x - left, y - top) for x, y in found)


def _page(pdf: bytes) -> str:
    """What the page draws."""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            drawn = zlib.decompress(stream).decode("latin-1")
        except zlib.error:
            continue
        if " Tj" in drawn:
            return drawn
    raise AssertionError("no page of this PDF holds text")
