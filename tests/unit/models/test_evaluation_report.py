"""The report holds every figure as plain values; its page stands alone and is readable without seeing the pictures."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from models.evaluation import details
from models.evaluation.charts import Charts
from models.evaluation.goals import HEADLINE, SUITES, Watched
from models.evaluation.page import page
from models.evaluation.readings import Variants
from models.evaluation.reads import Read
from models.evaluation.report import difference, report, table
from tests.unit.models.evaluation_samples import EMPTY, TAXONOMY, finding, found, supporting, tip
from triage.domain.assessment import Entity, Urgency

SEX, CARGO, NONE = "sex_trafficking", "cargo_theft", "not_actionable"


@pytest.fixture(scope="module")
def reads() -> list[Read]:
    evidence = (finding(supporting(SEX)),)
    plate = (Entity("plate", 21, 27, "ABC123", "ABC123"),)
    return [
        (tip(SEX, urgency=Urgency.P0, entities=(("plate", "ABC123"),)), found({SEX: 0.9}, Urgency.P0, evidence, plate)),
        (tip(SEX, id="<b>2</b>", text="<script>alert(1)</script>", group="t33_w"), found({CARGO: 0.7}, Urgency.P4)),
        (tip(CARGO, urgency=Urgency.P4, language="es", channel="email"), found({CARGO: 0.9, SEX: 0.8}, Urgency.P0)),
        (tip(NONE, urgency=Urgency.P4, flags=("spam",)), found({NONE: 0.9}, Urgency.P4, flags=("spam",))),
    ]


@pytest.fixture(scope="module")
def result(reads: list[Read]) -> dict[str, Any]:
    return {"corpus_sha256": "0" * 64, "split": "by writer", **report(reads, Variants(), EMPTY, TAXONOMY, resamples=20)}


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]


def test_every_figure_is_there_and_is_plain_json(result: dict[str, Any]) -> None:
    assert list(result["headline"]) == list(HEADLINE)
    assert list(result["suites"]) == list(SUITES)
    assert json.loads(json.dumps(result, allow_nan=False)) == json.loads(json.dumps(result))


def test_the_page_needs_nothing_else(result: dict[str, Any]) -> None:
    text = page(result)
    parsed = Page(text)
    assert not {tag for tag, _ in parsed.tags} & {"script", "link", "img", "iframe"}
    assert not re.search(r"https?://|url\(|@import|\son\w+=", text)
    assert "&lt;script&gt;alert(1)" in text, "a tip's text is shown as it is, and does nothing"


def test_every_picture_is_named_and_every_link_leads_somewhere(result: dict[str, Any]) -> None:
    parsed = Page(page(result))
    pictures = [attributes for tag, attributes in parsed.tags if tag == "svg"]
    assert len(pictures) > 5
    for attributes in pictures:
        assert attributes["role"] == "img"
        assert set(str(attributes["aria-labelledby"]).split()) <= set(parsed.ids)
    assert len(parsed.ids) == len(set(parsed.ids))
    targets = {str(attributes["href"])[1:] for tag, attributes in parsed.tags if tag == "a"}
    assert targets <= set(parsed.ids)
    assert all("scope" in attributes for tag, attributes in parsed.tags if tag == "th")


def test_the_table_prints_every_watched_figure(result: dict[str, Any]) -> None:
    printed = table(result)
    assert all(watched.title in printed for watched in (*HEADLINE.values(), *SUITES.values()))
    assert "F13" in printed


def test_two_evaluations_side_by_side(result: dict[str, Any]) -> None:
    worse = json.loads(json.dumps(result))
    worse["headline"]["ece"] |= {"value": 0.9, "low": 0.89, "high": 0.91}
    lines = {line[:58].strip(): line for line in difference(result, worse).splitlines()}
    assert lines[HEADLINE["ece"].title].endswith("apart")
    assert "-0." in lines[HEADLINE["ece"].title], "a larger error is worse"
    assert lines[HEADLINE["macro_ap"].title].endswith("within chance")


def test_goals_know_their_direction() -> None:
    assert Watched("", 0.9).meets(0.9) is True
    assert Watched("", 0.1, higher_is_better=False).meets(0.2) is False
    assert Watched("").meets(1.0) is None
    assert Watched("", 0.1, higher_is_better=False).gain(0.3, 0.2) == pytest.approx(0.1)


def test_confusion_tells_what_stands_in_place_and_beside(reads: list[Read]) -> None:
    confused = details.confusion(reads)
    assert confused["missed"] == {SEX: {CARGO: 1}}
    assert confused["added"][CARGO] == {SEX: 1}


def test_levels_are_tallied(reads: list[Read]) -> None:
    tally = details.levels(reads)
    assert tally[Urgency.P4] == {"P0": 1, "P1": 0, "P2": 0, "P3": 0, "P4": 1}


def test_errors_are_few_of_a_kind_surest_first() -> None:
    wrong = [(tip(SEX, id=f"{n:03}"), found({CARGO: 0.5 + n / 200})) for n in range(99)]
    chosen = details.errors(wrong)
    assert [error["sureness"] for error in chosen if error["kind"] == "added"] == [0.99, 0.985, 0.98]
    assert len([error for error in chosen if error["kind"] == "missed"]) == 3
    assert not [error for error in chosen if error["kind"] == "level"], "their levels are right"
    off = details.errors([(tip(SEX, urgency=Urgency.P0), found({SEX: 0.9}, Urgency.P4))])
    assert [(error["kind"], error["true_level"], error["read_level"]) for error in off] == [("level", "P0", "P4")]


def test_a_curve_ends_at_full_recall_and_keeps_few_points(reads: list[Read]) -> None:
    points = details.trafficking_curve([*reads] * 200)["curve"]
    assert points[-1][0] == 1.0
    assert len(points) <= 60
    assert points == sorted(points, key=lambda point: point[0])


def test_reliability_and_bands(reads: list[Read]) -> None:
    rows = details.reliability(reads, TAXONOMY)
    assert sum(int(row["n"] or 0) for row in rows) == len(reads) * len(TAXONOMY.categories)
    assert details.categories(reads, TAXONOMY)[SEX]["bands"] == {"likely": 1, "possible": 0, "unlikely": 1}


def test_pictures_escape_what_they_are_told() -> None:
    assert "<b>" not in Charts().curve("<b>", [(0.0, 1.0, 0.5), (1.0, 0.5, 0.1)])
