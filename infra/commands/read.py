"""Commands around reading texts: assess, train, evaluate."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TextIO

import click

from infra.commands.progress import progress_bar, stage_bar
from infra.settings import from_environment
from models.assess import Assessor
from models.cli_io import assess_file
from models.deep.optional import EPOCHS
from models.evaluate import evaluate as evaluate_reader
from models.evaluate import held_against, table
from models.evaluation.report import difference
from models.train import train as train_reader
from triage.taxonomy.taxonomy import load_taxonomy

model_option = click.option(
    "--model", type=click.Path(file_okay=False, path_type=Path), help="A trained model's folder (TIPSTREAM_MODEL_DIR)."
)
existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)
existing_folder = click.Path(exists=True, file_okay=False, path_type=Path)


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
@click.option("--fast", is_flag=True, help="Leave out the second reader, as a worker does while tips queue up.")
def assess(tips: str, output: str, model: Path | None, fast: bool) -> None:
    """Read tips from TIPS (JSON Lines: id, text; optional lang, channel, sector) and write what was read, a line each."""
    settings = from_environment()
    assessor = Assessor.load(model or settings.model, load_taxonomy(), second=not fast)
    with click.open_file(tips, encoding="utf8") as lines_in:
        lines = lines_in.readlines()
    with _opened(output) as out, progress_bar(len(lines), "reading") as advance:
        assess_file(lines, lambda text: print(text, end="", file=out), assessor, advance)


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--deep", is_flag=True, help="Train the second reader too: hours; needs the extra `deep-train`. A run that was stopped goes on."
)
@click.option(
    "--second",
    type=existing_folder,
    help="Take the second reader of this model's folder and fit it to the new first one (extra `deep`).",
)
@click.option("--epochs", type=click.IntRange(1), default=EPOCHS, show_default=True, help="How many epochs `--deep` trains over.")
@click.option("--corpus", type=existing_folder, help="Labelled tips to learn from, in place of those that ship.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="How many cores to use.")
def train(out: Path, deep: bool, second: Path | None, epochs: int, corpus: Path | None, jobs: int) -> None:
    """Train the reader from the labelled corpus and write it into the folder OUT; TIPSTREAM_MODEL_DIR then names it."""
    if deep and second:
        raise click.UsageError("--deep makes a second reader, --second takes one that is there: give one of the two.")
    taxonomy = load_taxonomy()
    with stage_bar() as progress:
        if deep:
            _of_extra("models.deep.train", "deep-train").train_both(out, taxonomy, progress, corpus, epochs, jobs)
        else:
            first = train_reader(out, taxonomy, progress, corpus, jobs)
            if second:
                _of_extra("models.deep.blend", "deep").blend(out, first, second, corpus)
    click.echo(f"The model is in {out}.", err=True)


def _of_extra(module: str, extra: str) -> ModuleType:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is not installed: pip install 'tipstream[{extra}]', then try again.") from error


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option(
    "--against", type=existing_file, help="Accepted figures (ratchet.json); the command fails where one is worse by more than noise."
)
@click.option(
    "--compare",
    type=(existing_file, existing_file),
    help="Only compare two files evaluation.json, BEFORE and AFTER.",
    metavar="BEFORE AFTER",
)
@click.option("--jobs", type=click.IntRange(1, 4), default=2, show_default=True, help="How many folds at once, with up to 2 GB each.")
@click.option(
    "--second",
    type=existing_folder,
    help="Only measure what the second reader in this model's folder adds, on writers from whom neither reader learned (extra `deep`).",
)
def evaluate(out: Path | None, against: Path | None, compare: tuple[Path, Path] | None, jobs: int, second: Path | None) -> None:
    """Measure the reader by cross-validation on the labelled corpus, some ten minutes.

    Writes evaluation.json, evaluation.html and ratchet.json (figures to accept) into the folder OUT and prints tables.
    """
    if compare:
        before, after = (json.loads(file.read_text("utf8")) for file in compare)
        click.echo(difference(before, after), nl=False)
        return
    if out is None:
        raise click.UsageError("Name the folder OUT to write into, or two files to --compare.")
    if second:
        with stage_bar() as progress:
            first, both = _of_extra("models.deep.measure", "deep").measure(out, second, load_taxonomy(), progress)
        click.echo(difference(first, both), nl=False)
        return
    with stage_bar() as progress:
        result = evaluate_reader(out, load_taxonomy(), progress, jobs=jobs)
    click.echo(table(result), nl=False)
    click.echo(f"The page is {out / 'evaluation.html'}.", err=True)
    if against and (worse := held_against(json.loads(against.read_text("utf8")), result)):
        raise click.ClickException("worse than accepted:\n" + "\n".join(f"  {line}" for line in worse))
