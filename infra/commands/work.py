"""Command-line twins of the console, for scripts: queue, search, explain. They see what the account's desks may see, and are audited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from infra.app import Core, open_core
from infra.commands.options import as_json, as_user, with_settings
from infra.settings import Settings
from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.errors import NotFound
from triage.explain import Explanation
from triage.explain import explain as explain_tip
from triage.reading import Reading
from triage.search.searching import search as search_cases


def viewer_named(core: Core, name: str, purpose: str) -> Viewer:
    """The viewer that the account is. Raises ``NotFound``."""
    with core.storage.reading() as uow:
        user = uow.users.by_name(name)
    if user is None or not user.active:
        raise NotFound("account", name)
    return Viewer.of(user, purpose)


def print_json(value: Any) -> None:
    """One JSON document on standard output; times in ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


@click.command()
@click.argument("desk")
@as_user
@as_json
@click.option("--limit", default=200, show_default=True, help="How many entries at most.")
@with_settings
def queue(settings: Settings, desk: str, user_name: str, json_output: bool, limit: int) -> None:
    """Show the queue of DESK: life threats first, then by target."""
    with open_core(settings) as core:
        viewer = viewer_named(core, user_name, "command line")
        page = Reading(core.storage, core.policy, core.clock, core.ids).queue(viewer, desk, limit=limit)
    rows = [*page.lane, *page.rows]
    if json_output:
        print_json(
            [
                {
                    **asdict(row.entry),
                    "partner": row.tip.partner,
                    "received_at": row.tip.received_at,
                    "kind": row.case.kind,
                    "status": row.case.status,
                    "categories": row.assessment.labels if row.assessment else (),
                    "flags": row.assessment.flags if row.assessment else (),
                }
                for row in rows
            ]
        )
        return
    for row in rows:
        entry, labels = row.entry, ", ".join(row.assessment.labels) if row.assessment else ""
        threat = "LIFE THREAT " if entry.life_threat else ""
        click.echo(f"{entry.tip_id}  {entry.urgency}  {threat}{entry.band}  due {entry.due_at:%Y-%m-%d %H:%M}  {entry.state}  {labels}")


@click.command()
@click.argument("query", default="")
@as_user
@as_json
@click.option("--page", default=1, show_default=True, help="Which page of 20.")
@click.option("--purpose", default="command line", show_default=True, help="Why you search; it is kept in the audit log.")
@with_settings
def search(settings: Settings, query: str, user_name: str, json_output: bool, page: int, purpose: str) -> None:
    """Search cases: words, "phrases", -not, prefix*, field:value, received:FROM..TO."""
    with open_core(settings) as core:
        viewer = viewer_named(core, user_name, purpose)
        results = search_cases(core.storage, core.index, viewer, core.clock, core.ids, query, {}, page)
    if json_output:
        print_json(
            {
                "total": results.total,
                "hits": [asdict(hit) for hit in results.hits],
                "facets": {str(field): dict(values) for field, values in results.facets.items()},
            }
        )
        return
    click.echo(f"{results.total} found")
    for hit in results.hits:
        click.echo(f"{hit.case_id}  {hit.urgency}  {hit.band}  {hit.desk}  {', '.join(hit.categories)}  {hit.title}")


@click.command()
@click.argument("tip")
@as_json
@with_settings
def explain(settings: Settings, tip: str, json_output: bool) -> None:
    """Say why TIP is where it is, and replay the decision."""
    with open_core(settings) as core:
        with core.storage.reading() as uow:
            explanation = explain_tip(uow, core.taxonomy, tip)
        with core.storage.writing() as uow:
            uow.audit.append([AuditRow(core.ids.new("aud"), core.clock.now(), "system:cli", "tip.explain", f"tip:{tip}", "command line")])
    if json_output:
        reading = asdict(explanation.assessment)
        print_json(
            {
                "decision": asdict(explanation.record),
                "assessment": {**reading, "labels": explanation.assessment.labels, "band": explanation.assessment.band},
                "replay": {"same": not explanation.differences, "differences": explanation.differences},
            }
        )
        return
    click.echo(_in_words(explanation))


def _in_words(explanation: Explanation) -> str:
    record, reading = explanation.record, explanation.assessment
    place = record.jurisdiction
    where = f"{place.county or 'no county'}, {place.state or 'no state'} ({place.basis}: {place.detail})"
    lines = [
        f"Tip {record.tip_id} -> case {record.case_id} at desk {record.routing.desk} ({record.routing.kind})",
        f"Decided {record.decided_at:%Y-%m-%d %H:%M:%S} UTC under policy {record.policy_version}, read by {record.model}",
        f"Labels: {', '.join(reading.labels)} ({record.band}); urgency {record.urgency}{', life threat' if record.life_threat else ''}",
        *(f"  {vote.level} by {vote.by}: {vote.reason}" for vote in reading.urgency_votes),
        f"Where: {where}",
        *(f"  {'->' if step.matched else '  '} {step.rule}: {step.why}" for step in record.routing.steps),
        f"Joined: {record.join_reason}" if record.joined else "A case of its own",
        *(f"  similar: {match.tip_id} by {match.key.kind} ({match.similarity:.2f})" for match in record.suggested),
        f"First look by {record.due_at:%Y-%m-%d %H:%M:%S} UTC",
        "Replay: the same answer" if not explanation.differences else f"Replay: {'; '.join(explanation.differences)}",
    ]
    return "\n".join(lines)
