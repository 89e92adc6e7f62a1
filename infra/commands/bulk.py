"""`tipstream import`: the rows of a partner's file become tips."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click

from infra.accounts import CLI
from infra.app import Core, open_core
from infra.commands.options import with_settings
from infra.commands.progress import progress_bar
from infra.settings import Settings
from infra.tables import table_readers
from ingest.domain.field_map import FieldMap, ImportRun, ImportState
from ingest.domain.partner import Partner
from ingest.ports import Table
from ingest.receive import Receiver
from ingest.tables.bulk import Importer, Previewed, Said, preview
from ingest.tables.importing import keep_map
from ingest.tables.map_file import load_map, write_map
from ingest.tables.map_guess import guess_map
from ingest.tables.opening import digest_of, kind_of, open_table
from ingest.writer import GroupWriter
from triage.cells import safe_cell
from triage.domain.errors import FieldError, InvalidInput, NotFound

GUESS = "guess"
_EXAMPLES = files("infra") / "example" / "maps"


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partner", "slug", required=True, help="Whose file it is: the partner's slug.")
@click.option("--map", "map_name", default="", help="A saved mapping, a mapping file, or an example; `guess` goes by the columns' names.")
@click.option("--save-map", default="", help="Keep the mapping under this name for next time.")
@click.option("--sheet", default="", help="The sheet of a workbook; the first one if left out.")
@click.option("--dry-run", is_flag=True, help="Show the first 20 rows as they would be taken, and store nothing.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the refused rows to this CSV file.")
@with_settings
def import_(
    settings: Settings, file: Path, slug: str, map_name: str, save_map: str, sheet: str, dry_run: bool, report: Path | None
) -> None:
    """Import FILE: CSV, NDJSON, XLSX, or XML by a mapping. A row that was imported before is not taken again."""
    with open_core(settings) as core, file.open("rb") as content:
        partner = core.partners.get(slug)
        if partner is None:
            raise NotFound("partner", slug)
        table, chosen = _opened(core, partner, content, sheet, map_name, dry_run)
        if table.encoding == "cp1252":
            click.echo("The file is not UTF-8; it is read as Windows-1252. See in --dry-run whether accents are right.", err=True)
        if dry_run:
            _show(preview(table, partner, chosen))
            return
        if save_map and chosen:
            keep_map(chosen, save_map, CLI, core.partner_side, core.clock, core.ids)
        run = ImportRun(core.ids.new("imp"), slug, CLI, core.clock.now(), digest_of(content), kind=kind_of(content), field_map=chosen)
        with _refusals(report) as refused, progress_bar(None, "rows") as advance:
            table, _ = _opened(core, partner, content, sheet, map_name, dry_run)  # the digest has read the file to its end
            done = _import(core, partner, run, table, refused, advance)
    click.echo(
        f"{done.rows:,} rows: {done.accepted:,} taken, {done.repeated:,} imported before, {done.refused_rows:,} refused."
        + (f" See {report}." if report and done.refused_rows else "")
    )
    if done.state is ImportState.STOPPED:
        click.echo(
            "The store could not be reached, so the rest was not taken. Run the same command again: nothing is taken twice.", err=True
        )
    if done.refused_rows or done.state is ImportState.STOPPED:
        if not report:
            for number, column, _, message in done.refused[:20]:
                click.echo(f"  row {number}, {column or 'the whole row'}: {message}", err=True)
        raise SystemExit(1)


def _opened(core: Core, partner: Partner, content: BinaryIO, sheet: str, map_name: str, dry_run: bool) -> tuple[Table, FieldMap | None]:
    """The table and its mapping; none for submissions that are ready. Says what to do where neither is known."""
    readers = table_readers()
    chosen = _named_map(core, partner, map_name) if map_name and map_name != GUESS else None
    table = open_table(content, readers, sheet, chosen)
    if chosen or (table.ready and not map_name):
        return table, chosen
    guessed = guess_map(table.columns, list(islice(table.rows, 20)), partner.sector, partner.slug)
    if map_name != GUESS:
        click.echo(
            f"This is a guess at the mapping; write it to a file, mend it, and give it with --map:\n\n{write_map(guessed)}", err=True
        )
        if not dry_run:
            raise InvalidInput(
                [FieldError("map", "no_map", "Say with --map where the columns go; `--map guess` takes the guess as it is.")]
            )
    return open_table(content, readers, sheet, guessed), guessed


def _named_map(core: Core, partner: Partner, name: str) -> FieldMap:
    """The partner's own mapping of this name, else the file, else the example."""
    with core.partner_side.reading() as work:
        saved = next((each for each in work.imports.maps(partner.slug) if each.name == name), None)
    if saved:
        return saved
    for path in (Path(name), _EXAMPLES / f"{name}.yaml"):
        if path.is_file():
            return load_map(str(name), path.read_text("utf8"), core.ids.new("map"), partner.slug)
    raise NotFound("mapping", name)


def _import(
    core: Core, partner: Partner, run: ImportRun, table: Table, refused: Callable[[Sequence[Said]], None], advance: Callable[[int], None]
) -> ImportRun:
    seen = 0

    def progress(now: ImportRun) -> None:
        nonlocal seen
        advance(now.rows - seen)
        seen = now.rows

    with GroupWriter(core.intake, core.clock) as writer:
        receiver = Receiver(writer, core.sealer, core.clock, core.ids, secrets.token_bytes)
        return Importer(core.partner_side, receiver, core.sealer, core.clock, core.ids).run(run, table, partner, progress, refused)


@contextmanager
def _refusals(report: Path | None) -> Iterator[Callable[[Sequence[Said]], None]]:
    """Writes refused rows to the report as they come; cells of it are safe to open in a spreadsheet."""
    if report is None:
        yield lambda _: None
        return
    with report.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("row", "column", "code", "what to do"))
        yield lambda said: writer.writerows((row, safe_cell(column), code, safe_cell(words)) for row, column, code, words in said)


def _show(rows: Sequence[Previewed]) -> None:
    """Each row as the canonical JSON of its submission, or what is wrong with it."""
    for row in rows:
        if row.submission:
            click.echo(f"row {row.number}: {row.submission.canonical().decode()}")
        for _, column, _, message in row.errors:
            click.echo(f"row {row.number}: REFUSED, {column or 'the whole row'}: {message}")
