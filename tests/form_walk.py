"""Walks through the question pages as a browser without JavaScript does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

import httpx

from tests.intake import Client

CODE = re.compile(r"(?:\d{4} ){3}\d{4}")


def field_of(page: httpx.Response, name: str) -> str:
    """The value of a hidden field; empty if the page has none."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return unescape(found[1]) if found else ""


def title_of(page: httpx.Response) -> str:
    """What the tab shows."""
    found = re.search(r"<title>(.*?)</title>", page.text)
    assert found
    return unescape(found[1])


def code_of(page: httpx.Response) -> str:
    """The receipt code that the page shows."""
    found = CODE.search(page.text)
    assert found, page.text
    return found[0]


@dataclass
class Walk:
    """One person at one form; ``page`` is what the browser shows now."""

    client: Client
    page: httpx.Response
    form: str

    @classmethod
    def begin(cls, client: Client, slug: str = "prairie-haul", language: str = "en") -> Walk:
        """Open the form and press Start."""
        form = f"/r/{slug}"
        walk = cls(client, client.get(f"{form}?lang={language}"), form)
        walk.press("next")
        return walk

    @property
    def step(self) -> str:
        """The step that the page shows; empty if it is none."""
        return field_of(self.page, "step")

    def press(self, go: str, **answers: str) -> httpx.Response:
        """Fill in and press a button; ``__`` stands for a dot in a field's name."""
        hidden = {name: field_of(self.page, name) for name in ("step", "then", "draft", "lang")}
        named = {name.replace("__", "."): value for name, value in answers.items()}
        address = f"{self.form}/sent" if go == "send" else self.form
        self.page = self.client.post(address, data={**hidden, "website": "", "go": go, **named})
        return self.page

    def to(self, step: str, narrative: str = "A white van.") -> Walk:
        """Continue with nothing but the words until this step is shown."""
        while self.step != step:
            self.press("next", **({"narrative": narrative} if self.step == "what" else {}))
        return self
