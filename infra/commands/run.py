"""Commands for whoever keeps the product running: reindex, dead letters, replay, audit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from infra.app import Core, open_core
from infra.commands.options import as_json, with_settings
from infra.commands.progress import stage_bar
from infra.commands.work import print_json
from infra.settings import Settings
from triage.domain.audit import AuditRow, SealedRow, first_break


@click.command()
@with_settings
def reindex(settings: Settings) -> None:
    """Build the search index anew beside the old one, and swap; the product may run meanwhile."""
    from infra.search.open import open_case_index, rebuild_searches
    from infra.worker_app import all_documents

    with open_core(settings) as core, open_case_index(settings, core.database) as index, stage_bar() as progress:
        count = index.rebuild(all_documents(core), lambda done: progress(f"{done} cases read", 0.0))
        rebuild_searches(settings, core.storage, core.clock)
    click.echo(f"{count} cases indexed.")


@click.command()
@as_json
@with_settings
def dead_letters(settings: Settings, json_output: bool) -> None:
    """List events that were set aside: which line, which event or record, what kind of error, how often tried."""
    rows = _letters_on_topic(settings) if settings.kafka_bootstrap else _letters_in_log(settings)
    if json_output:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['at']}  {row['line']}  {row['event']}  {row['key']}  {row['error']} after {row['tries']} tries")
    click.echo(f"{len(rows)} open")


def _letters_in_log(settings: Settings) -> list[dict[str, object]]:
    with open_core(settings) as core:
        letters = core.letters.open(limit=1000)
    return [
        {"id": x.id, "line": x.reader, "event": x.logged.event.id, "type": x.logged.event.type, "key": x.logged.event.key, "error": x.error,
         "tries": x.tries, "at": x.at}
        for x in letters
    ]  # fmt: skip


def _letters_on_topic(settings: Settings) -> list[dict[str, object]]:
    """The same from Kafka, where a dead letter is known by where it stood, because it may be no event at all."""
    from infra.brokers import make_brokers
    from streams.direct import DeadLetterTopic

    rows: list[dict[str, object]] = []
    for letter in DeadLetterTopic(make_brokers(settings)).open():
        told = {name: value.decode(errors="replace") for name, value in letter.headers}
        rows.append(
            {"id": letter.place, "line": told.get("dead-line", ""), "event": told.get("dead-source", ""), "type": told.get("type", ""),
             "key": letter.key.decode(errors="replace"), "error": told.get("dead-error", ""), "tries": int(told.get("dead-tries", "0")),
             "at": told.get("dead-at", "")}
        )  # fmt: skip
    return rows


@click.command()
@click.option("--give-up", multiple=True, metavar="EVENT", help="Close this one unhandled, as `dead-letters` names it; repeat it for more.")
@click.option("--reason", default="", help="Why nothing can be made of it; needed to give up, and kept in the audit log.")
@with_settings
def replay(settings: Settings, give_up: tuple[str, ...], reason: str) -> None:
    """Handle the events that were set aside again, after their cause was mended; the product may run meanwhile."""
    if give_up and not reason.strip():
        raise click.UsageError("say with --reason why nothing can be made of it")
    with open_core(settings) as core:
        if give_up:
            _write_down(core, give_up, reason.strip())
        mended, failed = _replay_topic(core, give_up) if settings.kafka_bootstrap else _replay_log(core, give_up)
    click.echo(f"{mended} done, {failed} still open")
    raise SystemExit(1 if failed else 0)


def _write_down(core: Core, events: tuple[str, ...], reason: str) -> None:
    """Keep who gave up what, before it is done."""
    with core.storage.writing() as uow:
        now, act = core.clock.now(), "dead-letter.give_up"
        uow.audit.append(AuditRow(core.ids.new("aud"), now, "system:cli", act, f"event:{event}", reason) for event in events)


def _replay_log(core: Core, give_up: tuple[str, ...]) -> tuple[int, int]:
    from infra.worker_app import open_handlers
    from streams.worker import replay as replay_letters

    with open_handlers(core) as handlers:
        return replay_letters(core.letters, handlers, core.clock, core.settings.tries, time.sleep, give_up)


def _replay_topic(core: Core, give_up: tuple[str, ...]) -> tuple[int, int]:
    from infra.distributed_app import replay_topic

    with stage_bar() as bar:
        return replay_topic(core, lambda done, total: bar(f"{done} of {total} done", done / total), give_up)


@click.command()
@click.argument("topic")
@click.option("--since", type=click.DateTime(), help="Only what was sent at this time (UTC) or later.")
@with_settings
def backfill(settings: Settings, topic: str, since: datetime | None) -> None:
    """Handle everything that stands on a Kafka TOPIC (such as tips.received) again; what was done before is passed over."""
    from infra.distributed_app import backfill_topic

    with open_core(settings) as core, stage_bar() as bar:
        start = since.replace(tzinfo=UTC) if since else None
        done, dead = backfill_topic(core, topic, start, lambda done, total: bar(f"{done} of {total} records", done / total))
    click.echo(f"{done} records handled, {dead} of them set aside")
    raise SystemExit(1 if dead else 0)


@click.command()
@with_settings
def topics(settings: Settings) -> None:
    """Make the topics that are missing in Kafka, and say in what the others differ from the product's table."""
    from infra.brokers import make_topics

    with open_core(settings) as core:
        made, problems = make_topics(core)
    for name in made:
        click.echo(f"made {name}")
    for problem in problems:
        click.echo(problem, err=True)
    raise SystemExit(1 if problems else 0)


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
