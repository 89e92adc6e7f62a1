"""The evaluation reads every tip once, with a model that knows nothing of its writer, and writes down what it measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.commands.read import evaluate as command
from models.evaluate import CrossRead, cross_read, evaluate, held_against
from models.evaluation.report import table
from models.labelled import LabelledTip
from tests.unit.models.conftest import small_corpus
from triage.taxonomy.taxonomy import Taxonomy

QUOTES = {"sex_trafficking": ("earnings_confiscated", "keeps all the money"), "cargo_theft": ("cargo_seal_trailer_tamper", "cut the seal")}


def marked_corpus() -> list[LabelledTip]:
    return [replace(tip, indicators=(QUOTES[tip.categories[0]],) if tip.categories[0] in QUOTES else ()) for tip in small_corpus(6, 3)]


@pytest.fixture(scope="module")
def odd_writer() -> list[LabelledTip]:
    """A corpus in which one writer uses a label that no other uses."""
    return [replace(tip, categories=("illegal_firearms",)) if tip.group == "w0" else tip for tip in marked_corpus()]


@pytest.fixture(scope="module")
def in_turn(odd_writer: list[LabelledTip]) -> CrossRead:
    return cross_read(odd_writer, lambda what, share: None, count=2)


@pytest.mark.slow
def test_every_tip_is_read_once_and_its_writer_was_not_learned_from(odd_writer: list[LabelledTip], in_turn: CrossRead) -> None:
    assert sorted(tip.id for tip, _ in in_turn.reads) == sorted(tip.id for tip in odd_writer)
    of_odd = [found for tip, found in in_turn.reads if tip.group == "w0"]
    assert not any("illegal_firearms" in found.labels for found in of_odd), "only the odd writer uses that label, so it cannot be known"
    assert in_turn.variants.noise
    assert len(in_turn.handwritten) == 1


@pytest.mark.slow
def test_folds_in_processes_of_their_own_read_the_same(odd_writer: list[LabelledTip], in_turn: CrossRead) -> None:
    stages: list[float] = []
    assert cross_read(odd_writer, lambda what, share: stages.append(share), count=2, jobs=2) == in_turn
    assert stages == sorted(stages)
    assert len(stages) > 4


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy) -> Path:
    """The folder that an evaluation of a small corpus wrote."""
    folder = tmp_path_factory.mktemp("evaluation")
    corpus = folder / "corpus"
    corpus.mkdir()
    for writer in range(8):
        rows = [
            {
                "id": tip.id,
                "text": tip.text,
                "lang": "en",
                "channel": "sms",
                "sector": "hotel",
                "categories": tip.categories,
                "urgency": tip.urgency,
                "flags": tip.flags,
                "indicators": [{"id": name, "quote": quote} for name, quote in tip.indicators],
                "entities": [],
            }
            for tip in marked_corpus()
            if tip.group == f"w{writer % 6}"
        ]
        (corpus / f"w{writer}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    stages: list[float] = []
    evaluate(folder / "reports", taxonomy, lambda what, share: stages.append(share), corpus)
    assert stages == sorted(stages)
    assert stages[-1] == 1.0
    return folder / "reports"


@pytest.mark.slow
def test_the_figures_are_written_as_json_and_as_a_page(reports: Path) -> None:
    result = json.loads((reports / "evaluation.json").read_text())
    assert result["tips"] == 8 * 15
    assert set(result["slices"]["sector"]) == {"hotel"}
    assert "Categories: mean average precision" in table(result)
    assert "<!doctype html>" in (reports / "evaluation.html").read_text()


@pytest.mark.slow
def test_an_evaluation_is_no_worse_than_itself_and_a_worse_one_is_told(reports: Path) -> None:
    result = json.loads((reports / "evaluation.json").read_text())
    accepted = json.loads((reports / "ratchet.json").read_text())
    assert held_against(accepted, result) == []
    result["headline"]["urgency_exact"]["value"] = 0.0
    assert [line.partition(":")[0] for line in held_against(accepted, result)] == ["urgency_exact"]
    assert held_against({}, result), "a file that holds nothing must not pass for one that holds everything"


@pytest.mark.slow
def test_the_command_compares_two_evaluations_without_a_run(reports: Path) -> None:
    file = str(reports / "evaluation.json")
    answer = CliRunner().invoke(command, ["--compare", file, file])
    assert answer.exit_code == 0
    assert "within chance" in answer.output


def test_the_command_says_what_it_needs() -> None:
    answer = CliRunner().invoke(command, [])
    assert answer.exit_code == 2
    assert "--compare" in answer.output
