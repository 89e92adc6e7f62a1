"""Commands for whoever manages the product: policy, people, keys, settings."""

from __future__ import annotations

import json

import click

from infra.accounts import put_user
from infra.app import open_core, policy_files
from infra.commands.options import as_json, with_settings
from infra.duty import gaps_ahead, spoken
from infra.settings import Settings, reference
from infra.system import SystemClock
from ingest.catalogue import load_catalogues
from ingest.own_words import with_own_words
from ingest.registry.partner_file import load_partners
from ingest.surveys.survey_file import load_surveys
from triage.domain.access import Role
from triage.policy_files.agencies import load_agencies
from triage.policy_files.care import load_care
from triage.policy_files.case_templates import load_case_templates
from triage.policy_files.escalation import load_escalation
from triage.policy_files.policy import load_policy
from triage.policy_files.replies import load_replies
from triage.taxonomy.taxonomy import load_taxonomy


@click.command()
@with_settings
def policy(settings: Settings) -> None:
    """Check the policy files; an error names file, line and what to write instead."""
    files = policy_files(settings.policy)
    taxonomy = load_taxonomy()
    loaded = load_policy(files, taxonomy)
    partners = load_partners(files, loaded.retention)
    words = with_own_words(load_catalogues(), files)
    surveys = load_surveys(files, [each.partner.slug for each in partners], words)
    load_replies(files)
    load_care(files, loaded, taxonomy)
    load_agencies(files, loaded)
    plan = load_escalation(files, loaded.desks)
    load_case_templates(files, taxonomy.categories)
    click.echo(
        f"Policy {loaded.version} is sound: {len(loaded.desks)} desks, {len(loaded.rules)} rules, "
        f"{len(loaded.notify)} also-notify rules, {len(loaded.counties)} counties, {len(partners)} partners, {len(surveys)} surveys."
    )
    for desk, gap in gaps_ahead(plan, SystemClock().now()):
        click.echo(f"Nobody is on call at {desk} {spoken(plan, desk, gap)}; everybody at the desk is told instead.")


@click.command()
@click.argument("name")
@click.option("--role", type=click.Choice([str(role) for role in Role]), help="What the person does; analyst for a new account.")
@click.option("--desk", "desks", multiple=True, help="A desk where the person works; repeat it for more.")
@click.option("--display-name", default="", help="How others see the person.")
@click.option("--email", help="Where the person is told by mail that a tip waits; an empty text for nowhere.")
@click.option("--pager", help="Where the person is paged, as the pager's program knows it; an empty text for nowhere.")
@click.option("--deactivate", is_flag=True, help="Keep the account out from now on.")
@with_settings
def user(
    settings: Settings,
    name: str,
    role: str | None,
    desks: tuple[str, ...],
    display_name: str,
    email: str | None,
    pager: str | None,
    deactivate: bool,
) -> None:
    """Add the account NAME, or change what is given of it; prints its new password once."""
    with open_core(settings) as core:
        kind = Role(role) if role else None
        password = put_user(core, name, kind, desks or None, display_name, not deactivate, email, pager)
    click.echo(f"{name} can no longer sign in" if deactivate else f"{name} signs in at /desk with the password {password}")


@click.command()
@as_json
@with_settings
def doctor(settings: Settings, json_output: bool) -> None:
    """Look at everything that the settings name, change nothing, and say what to do about what is not well."""
    from infra.doctor import State, examine

    found = []
    for finding in examine(settings):
        found.append(finding)
        if not json_output:
            click.echo(f"{_MARKS[finding.state]:8} {finding.about:15} {finding.words}")
    if json_output:
        click.echo(json.dumps([{"about": f.about, "state": str(f.state), "words": f.words} for f in found]))
    raise SystemExit(1 if any(f.state is State.FAILED for f in found) else 0)


_MARKS = {"well": "ok", "warning": "warning", "failed": "FAILED"}


@click.command()
def settings() -> None:
    """Print the reference of all settings (Markdown)."""
    click.echo(reference(), nl=False)
