"""`tipstream demo`: the product with example data, and sample tips sent to it."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from pathlib import Path

import click

from infra.app import open_core
from infra.commands.options import with_settings
from infra.commands.progress import progress_bar
from infra.commands.serve import stop_on_signals, with_address
from infra.demo import Demo, client, load_or_make, ready_line, sample_tips, save, send_samples, wait_until_ready
from infra.listener import address_of, listen
from infra.prepare import prepare
from infra.settings import Settings, child_environment
from infra.supervise import Supervisor

LOG = "demo.log"
"""The file in the data directory that the demo's processes log to, so that the terminal shows what a newcomer needs."""


@click.command()
@click.option("--json", "json_output", is_flag=True, help="Print one JSON line when ready, and nothing else on standard output.")
@click.option("--host", help="The address to listen on (TIPSTREAM_HOST).")
@click.option("--port", type=int, help="The port to listen on; 0 picks a free one (TIPSTREAM_PORT).")
@click.option("--tips", type=click.IntRange(0), default=80, show_default=True, help="How many sample tips to send.")
@with_settings
def demo(settings: Settings, json_output: bool, host: str | None, port: int | None, tips: int) -> None:
    """Start the product with example data and send it sample tips. Ctrl-C stops it; a second run goes on with the same data."""
    prepare(settings)
    data = settings.data.absolute()
    with open_core(settings) as core:
        kept = load_or_make(core, data)
        sectors = {partner.slug: partner.sector for partner in core.partners.all()}
    with listen(host or settings.host, settings.port if port is None else port) as listener, (data / LOG).open("ab") as log_file:
        url = address_of(listener)
        supervisor = Supervisor(child_environment(with_address(settings, listener)), listener, log_file)
        stopping = threading.Event()

        def stop() -> None:
            stopping.set()
            supervisor.stop()

        stop_on_signals(stop)
        running = threading.Thread(target=supervisor.run)
        running.start()
        try:
            with client(url) as http:
                wait_until_ready(http, 60, stopping.is_set)
                save(kept, data, url)
                _announce(kept, data, url, json_output)
                with progress_bar(tips, "sample tips") as advance:
                    samples = list(sample_tips(kept.sent, tips))
                    sent = send_samples(http, kept, sectors, samples, stopping.wait, advance)
                save(replace(kept, sent=kept.sent + sent), data, url)
            if not json_output and not stopping.is_set():
                click.echo(f"{sent} sample tips sent. The product keeps running; Ctrl-C stops it.")
            running.join()
        finally:
            stop()
            running.join()


def _announce(demo: Demo, data: Path, url: str, json_output: bool) -> None:
    line = ready_line(demo, data, url)
    if json_output:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        return
    click.echo(f"\nTipstream is ready.\n\n  report      {url}/r/public   (and {len(line['forms']) - 1} partners' forms)")
    click.echo(f"  come back   {url}/r/code\n  console     {url}/desk\n  partners    {url}/p")
    click.echo(f"  API         {url}/api/v1/tips   key {line['api_key']}\n\n  sign in at the console as")
    for user in demo.users:
        click.echo(f"    {user['name']:6} {user['password']:18} {user['role']:11} {', '.join(user['desks'])}")
    click.echo("\n  and at a partner's own pages as")
    for one in demo.staff:
        click.echo(f"    {one['name']:6} {one['password']:18} {one['partner']}")
    click.echo(f"\nKept in {data / 'demo.json'}; the log is {data / LOG}.\n")
