"""Commands for whoever keeps the product running: reindex, dead letters, replay, audit."""

from __future__ import annotations

import time
from collections.abc import Iterator

import click

from infra.app import open_core
from infra.commands.options import as_json, with_settings
from infra.commands.progress import stage_bar
from infra.commands.work import print_json
from infra.settings import Settings
from triage.domain.audit import SealedRow, first_break


@click.command()
@with_settings
def reindex(settings: Settings) -> None:
    """Build the search index anew beside the old one, and swap; the product may run meanwhile."""
    from infra.search.tantivy_index import TantivyCaseIndex
    from infra.worker_app import all_documents

    with open_core(settings) as core, TantivyCaseIndex(settings.index) as index, stage_bar() as progress:
        count = index.rebuild(all_documents(core), lambda done: progress(f"{done} cases read", 0.0))
    click.echo(f"{count} cases indexed.")


@click.command()
@as_json
@with_settings
def dead_letters(settings: Settings, json_output: bool) -> None:
    """List events that were set aside: which line, which event, what kind of error, how often tried."""
    with open_core(settings) as core:
        letters = core.letters.open(limit=1000)
    rows = [
        {"id": x.id, "line": x.reader, "event": x.logged.event.id, "type": x.logged.event.type, "key": x.logged.event.key, "error": x.error,
         "tries": x.tries, "at": x.at}
        for x in letters
    ]  # fmt: skip
    if json_output:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['at']:%Y-%m-%d %H:%M:%S}  {row['line']}  {row['type']}  {row['key']}  {row['error']} after {row['tries']} tries")
    click.echo(f"{len(rows)} open")


@click.command()
@with_settings
def replay(settings: Settings) -> None:
    """Handle the events that were set aside again, after their cause was mended; the product may run meanwhile."""
    from infra.search.tantivy_index import TantivyCaseIndex
    from infra.worker_app import make_handlers
    from streams.worker import replay as replay_letters

    with open_core(settings) as core, TantivyCaseIndex(settings.index) as index:
        mended, failed = replay_letters(core.letters, make_handlers(core, index), core.clock, settings.tries, time.sleep)
    click.echo(f"{mended} handled, {failed} still open")
    raise SystemExit(1 if failed else 0)


@click.command()
@with_settings
def verify_audit(settings: Settings) -> None:
    """Check the audit chain from the first row to the last."""
    with open_core(settings) as core:
        count = 0

        def rows() -> Iterator[SealedRow]:
            nonlocal count
            while page := core.chain.rows(count, 1000):
                for sealed in page:
                    yield sealed
                    count += 1

        broken = first_break(rows())
        waiting = core.chain.unsealed()
    if broken is not None:
        raise click.ClickException(f"the chain breaks at row {broken}: somebody changed, added or removed a row there")
    click.echo(f"{count} rows, the chain is whole; {waiting} wait to be sealed.")
