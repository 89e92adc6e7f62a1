"""Commands that prepare and run the product's processes."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from infra.app import Core, open_core
from infra.commands.options import with_settings
from infra.listener import address_of, listen
from infra.settings import Settings, child_environment
from infra.supervise import Supervisor


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Let SIGTERM and SIGINT end this process after what it has in hand."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())


@contextmanager
def core_until_signalled(settings: Settings) -> Iterator[tuple[Core, threading.Event]]:
    """Everything open, and what SIGTERM and SIGINT set."""
    stop = threading.Event()
    stop_on_signals(stop.set)
    with open_core(settings) as core:
        yield core, stop


@click.command()
@with_settings
def init(settings: Settings) -> None:
    """Make a data directory: keys, example policy, database, partners. What is there already stays."""
    from infra.prepare import prepare  # brings Alembic, which no running process needs

    prepare(settings)
    people, keys = "`tipstream user`", "`tipstream partner key new`"
    click.echo(f"{settings.data} is ready. Add people with {people}, keys with {keys}, then run `tipstream serve`.")


@click.command()
@with_settings
@click.option("--host", help="The address to listen on (TIPSTREAM_HOST).")
@click.option("--port", type=int, help="The port to listen on; 0 picks a free one (TIPSTREAM_PORT).")
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Run web, worker, clocks and with Kafka the relay, start again what ends, and end all in order on SIGTERM or Ctrl-C."""
    from infra.prepare import prepare  # as above

    prepare(settings)
    with listen(host or settings.host, settings.port if port is None else port) as listener:
        supervisor = Supervisor(child_environment(with_address(settings, listener)), listener)
        stop_on_signals(supervisor.stop)
        click.echo(f"Tipstream answers at {address_of(listener)}", err=True)
        supervisor.run()


def with_address(settings: Settings, listener: socket.socket) -> Settings:
    """The settings for the children of a supervisor: an absolute data directory and the address that is listened on."""
    return replace(settings, data=settings.data.absolute(), public_url=settings.public_url or address_of(listener))


@click.command()
@with_settings
@click.option("--fd", type=int, help="A listening socket that a supervisor hands over; without it the host and port of the settings.")
def web(settings: Settings, fd: int | None) -> None:
    """Run the web process: forms, API, console."""
    from infra.web import run_web  # what the web process needs is loaded by no other command

    stop_on_signals(lambda: None)  # the server takes them while it serves, and raises them again when all is done: then they end nothing
    with socket.socket(fileno=fd) if fd is not None else listen(settings.host, settings.port) as listener:
        run_web(settings, listener)


@click.command()
@with_settings
def worker(settings: Settings) -> None:
    """Run a worker: read, decide, index, deliver. With Kafka any number of them share the work."""
    if settings.kafka_bootstrap:
        from infra.distributed_app import run_distributed_worker as run  # Faust is loaded by no other command
    else:
        from infra.worker_app import run_worker as run  # spaCy and scikit-learn are loaded by no other command

    with core_until_signalled(settings) as (core, stop):
        ended_well = run(core, stop)
    raise SystemExit(0 if ended_well else 1)


@click.command()
@with_settings
def relay(settings: Settings) -> None:
    """Run the relay: what is in the log goes to Kafka, in order, and is marked as sent once it is there."""
    from infra.relay_app import run_relay  # Kafka is loaded by the relay and the worker alone

    with core_until_signalled(settings) as (core, stop):
        run_relay(core, stop)


@click.command()
@with_settings
def clocks(settings: Settings) -> None:
    """Run the clocks: audit sealer, housekeeping, escalation."""
    from infra.clocks_app import open_letters_in_log, run_clocks

    with core_until_signalled(settings) as (core, stop):
        if settings.kafka_bootstrap:
            from infra.brokers import open_letters_on_topic as open_letters  # Kafka only where it is used
        else:
            open_letters = open_letters_in_log
        run_clocks(core, stop, lambda: open_letters(core))


@click.command()
@with_settings
@click.option("--down", metavar="REVISION", help="Go back to this revision instead.")
def migrate(settings: Settings, down: str | None) -> None:
    """Bring the database's schema to this version, or down to another."""
    from infra.storage.migrate import current, downgrade, upgrade  # Alembic is needed by this command and `init` alone

    settings.data.mkdir(parents=True, exist_ok=True)
    if down:
        downgrade(settings.database, down)
    else:
        upgrade(settings.database)
    click.echo(f"The schema is at {current(settings.database)}.")
