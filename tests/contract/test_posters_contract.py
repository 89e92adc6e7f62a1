"""Posters as they are drawn, and as they are when one rule is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.posters import DrawnPosters
from ingest.domain.poster import Paper, Poster
from tests.contract.posters_suite import PostersSuite
from tests.contract.saboteurs import caught, expected


class DrawnPostersSuite(PostersSuite):
    adapter = DrawnPosters


class TestDrawnPosters(DrawnPostersSuite):
    pass


class LeadsToTheFront(DrawnPosters):
    def svg(self, poster: Poster) -> str:
        front = super().svg(replace(poster, url="https://tips.example.gov/"))
        return front.replace(">tips.example.gov/<", f">{poster.address}<")


class LeavesOutDanger(DrawnPosters):
    def pdf(self, poster: Poster, paper: Paper) -> bytes:
        return super().pdf(replace(poster, danger=""), paper)


class TakesLatinOnly(DrawnPosters):
    def pdf(self, poster: Poster, paper: Paper) -> bytes:
        poster.title.encode("latin-1")
        return super().pdf(poster, paper)


BREAKS = {
    LeadsToTheFront: "test_draws_the_code_of_the_address",
    LeavesOutDanger: "test_says_everything",
    TakesLatinOnly: "test_takes_any_text",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, DrawnPostersSuite, BREAKS) == expected(BREAKS)
