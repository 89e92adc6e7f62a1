"""``tipstream partner key`` and ``tipstream partner staff``: what lets a partner's programs and people in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import click

from infra.accounts import CLI, registry
from infra.app import Core, open_core
from infra.commands.options import as_json, with_settings
from infra.settings import Settings
from ingest.domain.partner import ApiKey, Scope, Staff
from ingest.registry.registry import OVERLAP, KeyOrder, works
from triage.domain.errors import NotFound


@click.group()
def key() -> None:
    """API keys of a partner."""


@key.command("new")
@click.argument("slug")
@click.option("--label", default="", help="What the key is for; make one for each system of the partner.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice([str(scope) for scope in Scope]), help="What it may do; all if left out."
)
@click.option("--sandbox", is_flag=True, help="A key for trying: it works like any other and reaches nobody.")
@click.option("--days", type=click.IntRange(1, 3650), help="How many days it works; without an end if left out.")
@with_settings
def new_key(settings: Settings, slug: str, label: str, scopes: tuple[str, ...], sandbox: bool, days: int | None) -> None:
    """Make a key for the partner SLUG; prints it once, only its hash is kept."""
    order = KeyOrder(label, tuple(map(Scope, scopes)) or tuple(Scope), sandbox, timedelta(days=days) if days else None)
    with open_core(settings) as core:
        click.echo(registry(core).issue(CLI, slug, order).token)


@key.command("list")
@click.argument("slug")
@as_json
@with_settings
def list_keys(settings: Settings, slug: str, json_output: bool) -> None:
    """List the keys of the partner SLUG, newest first."""
    with open_core(settings) as core:
        _check_known(core, slug)
        keys, now = core.partners.keys(slug), core.clock.now()
    if json_output:
        click.echo(json.dumps([_key_facts(one, now) for one in keys]))
        return
    for one in keys:
        kind = "sandbox" if one.sandbox else "live"
        until = f"until {one.expires_at:%Y-%m-%d}" if one.expires_at else "without an end"
        click.echo(f"{one.id}  {kind:8} {_state(one, now):9} {until:17} {','.join(one.scopes)}  {one.label}")


@key.command()
@click.argument("slug")
@click.argument("key_id")
@click.option("--overlap", type=click.IntRange(0, 90), default=OVERLAP.days, show_default=True, help="How many days the old key works on.")
@with_settings
def rotate(settings: Settings, slug: str, key_id: str, overlap: int) -> None:
    """Make a key in place of KEY_ID, with the same rights; prints it once."""
    with open_core(settings) as core:
        click.echo(registry(core).rotate(CLI, slug, key_id, timedelta(days=overlap)).token)


@key.command()
@click.argument("slug")
@click.argument("key_id")
@with_settings
def revoke(settings: Settings, slug: str, key_id: str) -> None:
    """End KEY_ID now; within ten seconds no process takes it any more."""
    with open_core(settings) as core:
        registry(core).revoke(CLI, slug, key_id)
    click.echo(f"{key_id} is revoked")


@click.group()
def staff() -> None:
    """Accounts of a partner's people, for the pages at /p."""


@staff.command("add")
@click.argument("slug")
@click.argument("name")
@click.option("--display-name", default="", help="How others see the person.")
@click.option("--manager", is_flag=True, help="May also see keys and webhooks.")
@with_settings
def add_staff(settings: Settings, slug: str, name: str, display_name: str, manager: bool) -> None:
    """Make the account NAME at the partner SLUG; prints its password once."""
    with open_core(settings) as core:
        made = registry(core).add_staff(CLI, slug, name, display_name, manager)
    click.echo(f"{made.staff.name} signs in at /p with the password {made.password}")


@staff.command()
@click.argument("slug")
@click.argument("name")
@with_settings
def password(settings: Settings, slug: str, name: str) -> None:
    """Give NAME a new password and end the person's sessions; prints it once."""
    with open_core(settings) as core:
        made = registry(core).new_password(CLI, slug, _staff_named(core, slug, name).id)
    click.echo(f"{made.staff.name} signs in at /p with the password {made.password}")


@staff.command()
@click.argument("slug")
@click.argument("name")
@with_settings
def deactivate(settings: Settings, slug: str, name: str) -> None:
    """Keep NAME out from now on; a new password lets the person in again."""
    with open_core(settings) as core:
        registry(core).deactivate(CLI, slug, _staff_named(core, slug, name).id)
    click.echo(f"{name} can no longer sign in")


@staff.command("list")
@click.argument("slug")
@as_json
@with_settings
def list_staff(settings: Settings, slug: str, json_output: bool) -> None:
    """List the accounts of the partner SLUG by name."""
    with open_core(settings) as core:
        _check_known(core, slug)
        with core.partner_side.reading() as work:
            people = work.staff.of_partner(slug)
    if json_output:
        click.echo(json.dumps([{"name": s.name, "display_name": s.display_name, "manager": s.manager, "active": s.active} for s in people]))
        return
    for one in people:
        click.echo(f"{one.name:24} {'manager' if one.manager else 'staff':8} {'active' if one.active else 'kept out':9} {one.display_name}")


def _key_facts(one: ApiKey, now: datetime) -> dict[str, object]:
    return {
        "id": one.id,
        "label": one.label,
        "sandbox": one.sandbox,
        "state": _state(one, now),
        "scopes": list(one.scopes),
        "created_at": one.created_at.isoformat(),
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
        "replaced_by": one.replaced_by or None,
    }


def _state(one: ApiKey, now: datetime) -> str:
    if one.revoked:
        return "revoked"
    if not works(one, now):
        return "over"
    return "replaced" if one.replaced_by else "works"


def _check_known(core: Core, slug: str) -> None:
    if core.partners.get(slug) is None:
        raise NotFound("partner", slug)


def _staff_named(core: Core, slug: str, name: str) -> Staff:
    with core.partner_side.reading() as work:
        found = work.staff.by_name(name)
    if found is None or found.partner != slug:
        raise NotFound("account", name)
    return found
