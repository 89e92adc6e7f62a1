"""Commands around reading texts: assess, train, evaluate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from infra.commands.progress import progress_bar, stage_bar
from infra.settings import from_environment
from models.assess import Assessor
from models.cli_io import assess_file
from models.evaluate import evaluate as evaluate_reader
from models.evaluate import table
from models.train import train as train_reader
from triage.taxonomy.taxonomy import load_taxonomy

model_option = click.option(
    "--model", type=click.Path(file_okay=False, path_type=Path), help="A trained model's folder (TIPSTREAM_MODEL_DIR)."
)


@contextmanager
def _opened(path: str) -> Iterator[TextIO]:
    if path == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    with Path(path).open("w", encoding="utf8") as file:
        yield file


@click.command()
@click.argument("tips", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("-o", "--output", default="-", show_default=True, help="Where to write; `-` is standard output.")
@model_option
def assess(tips: str, output: str, model: Path | None) -> None:
    """Read tips from TIPS (JSON Lines: id, text; optional lang, channel, sector) and write what was read, a line each."""
    settings = from_environment()
    assessor = Assessor.load(model or settings.model, load_taxonomy())
    with click.open_file(tips, encoding="utf8") as lines_in:
        lines = lines_in.readlines()
    with _opened(output) as out, progress_bar(len(lines), "reading") as advance:
        assess_file(lines, lambda text: print(text, end="", file=out), assessor, advance)


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def train(out: Path) -> None:
    """Train the reader from the labelled corpus and write it into the folder OUT; TIPSTREAM_MODEL_DIR then names it."""
    with stage_bar() as progress:
        train_reader(out, load_taxonomy(), progress)
    click.echo(f"The model is in {out}.", err=True)


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def evaluate(out: Path) -> None:
    """Measure the reader by cross-validation on the labelled corpus; write evaluation.json into the folder OUT and print a table."""
    with stage_bar() as progress:
        result = evaluate_reader(out, load_taxonomy(), progress)
    click.echo(table(result), nl=False)
