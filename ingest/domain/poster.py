"""What leads people to a partner's form: a poster with a QR code, and HTML for the partner's own web pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from urllib.parse import urlencode

from ingest.catalogue import SOURCE_LANGUAGE, Catalogue
from ingest.domain.partner import Partner


class Paper(StrEnum):
    """What a poster is printed on."""

    LETTER = "letter"
    A4 = "a4"


@dataclass(frozen=True, slots=True)
class Poster:
    """A poster: ``url`` stands in the code and, as ``address``, in words. ``danger`` is the line that must not be overlooked."""

    url: str
    language: str
    title: str
    heading: str
    scan: str
    sentences: tuple[str, ...]
    danger: str

    @property
    def address(self) -> str:
        """The URL as people type it."""
        return self.url.removeprefix("https://")


def poster_of(partner: Partner, public_url: str, words: Catalogue) -> Poster:
    """The poster of a partner's form."""
    return poster_for(f"{public_url}/r/{partner.slug}", partner.title, words)


def poster_for(url: str, title: str, words: Catalogue) -> Poster:
    """A poster that leads to ``url``, for a form that is no partner's own."""
    return Poster(
        url=url,
        language=words.language,
        title=title,
        heading=words("poster.heading"),
        scan=words("poster.scan"),
        sentences=(words("poster.name"),),
        danger=words("poster.danger"),
    )


def link_snippet(partner: Partner, public_url: str, words: Catalogue) -> str:
    """A link to the form, for any web page."""
    return f'<a href="{_address(partner, public_url, words)}" rel="noreferrer">{escape(words("embed.link"))}</a>'


def frame_snippet(partner: Partner, public_url: str, words: Catalogue) -> str:
    """The form in a frame. Browsers show it on pages of the partner's ``embed_origins`` and nowhere else."""
    address, title = _address(partner, public_url, words), escape(words("embed.frame"))
    return f'<iframe src="{address}" title="{title}" width="100%" height="900" loading="lazy" referrerpolicy="no-referrer"></iframe>'


def words_in(language: str, catalogues: Mapping[str, Catalogue]) -> Catalogue:
    """The words of a language, or English ones for one that there are none for."""
    return catalogues.get(language) or catalogues[SOURCE_LANGUAGE]


def _address(partner: Partner, public_url: str, words: Catalogue) -> str:
    return escape(f"{public_url}/r/{partner.slug}?{urlencode({'lang': words.language})}")
