"""The ageing report on the command line, and its check by whoever holds the audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from infra.app import Core, open_core
from infra.commands.options import with_settings
from infra.commands.work import viewer_named
from infra.settings import Settings
from triage.escalation.ageing import AgeingReports
from triage.escalation.ageing_file import ageing_file, faults

PERIOD = timedelta(days=30)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("desk", required=False)
@click.option("--as", "user_name", help="The supervisor on whose behalf the report is made.")
@click.option("--since", type=_DAY, help="The first day (UTC) on which the tips were received; 30 days ago if not given.")
@click.option("--until", type=_DAY, help="The last one; today if not given.")
@click.option(
    "--check", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Check this report against the audit log instead."
)
@with_settings
def ageing(
    settings: Settings, desk: str | None, user_name: str | None, since: datetime | None, until: datetime | None, check: Path | None
) -> None:
    """Tell how long the tips of DESK waited, as CSV; or check such a file against the audit log, row by row."""
    with open_core(settings) as core:
        if check is not None:
            _check(core, check)
            return
        if not desk or not user_name:
            raise click.UsageError("name the desk, and with --as the supervisor on whose behalf the report is made")
        today = core.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        start = since.replace(tzinfo=UTC) if since else today - PERIOD
        end = (until.replace(tzinfo=UTC) if until else today) + timedelta(days=1)
        reports = AgeingReports(core.storage, core.chain, core.policy, core.clock, core.ids)
        report = reports.report(viewer_named(core, user_name, "command line"), desk, start, end)
    click.get_binary_stream("stdout").write(ageing_file(report))


def _check(core: Core, file: Path) -> None:
    found = list(faults(file.read_bytes(), core.chain))
    for fault in found:
        click.echo(fault)
    if found:
        raise click.ClickException(f"{len(found)} things in the report are not so in the audit log")
    click.echo("Everything in the report is so in the audit log. Run `tipstream verify-audit` for the log itself.")
