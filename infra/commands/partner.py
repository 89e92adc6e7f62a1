"""``tipstream partner``: the register of partners on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
import yaml

from infra.accounts import CLI, registry
from infra.app import Core, open_core, policy_files
from infra.commands.options import as_json, with_settings
from infra.commands.partner_access import key, staff
from infra.settings import Settings
from ingest.catalogue import Catalogue, load_catalogues
from ingest.domain.partner import Partner, PartnerStatus, Quotas
from ingest.own_words import with_own_words
from ingest.registry.partner_file import as_mapping, load_partners
from ingest.registry.registry import STEPS, Change
from triage.domain.errors import InvalidInput, NotFound
from triage.domain.sectors import SECTORS


class Day(click.ParamType):
    """A day as YYYY-MM-DD, or nothing to take it away."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | None:
        """The day; None for an empty text."""
        if not value or isinstance(value, date):
            return value or None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("write a day, for example 2026-11-01", param, ctx)


@click.group()
def partner() -> None:
    """Partners: who they are, their keys, their people, their posters."""


partner.add_command(key)
partner.add_command(staff)


@partner.command("list")
@as_json
@click.option("--sector", type=click.Choice(list(SECTORS)), help="Only this sector.")
@click.option("--status", type=click.Choice([str(status) for status in PartnerStatus]), help="Only this status.")
@with_settings
def list_(settings: Settings, json_output: bool, sector: str | None, status: str | None) -> None:
    """List the partners by slug."""
    with open_core(settings) as core:
        found = [one for one in core.partners.all() if sector in (None, one.sector) and status in (None, str(one.status))]
        today = core.clock.now().date()
    if json_output:
        click.echo(json.dumps([as_mapping(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        over = ", agreement over" if one.agreement_over(today) else ""
        click.echo(f"{one.slug:28} {one.sector:20} {str(one.status) + over:26} {one.title}")


@partner.command()
@click.argument("slug")
@as_json
@with_settings
def show(settings: Settings, slug: str, json_output: bool) -> None:
    """Show the partner SLUG as partners.yaml would have it. Contacts are shown."""
    with open_core(settings) as core:
        entry = as_mapping(_known(core, slug))
    if json_output:
        click.echo(json.dumps(entry, ensure_ascii=False))
    else:
        click.echo(yaml.safe_dump([entry], sort_keys=False, allow_unicode=True), nl=False)


@partner.command()
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@with_settings
def apply(settings: Settings, dry_run: bool) -> None:
    """Bring the register up to what policy/partners.yaml says.

    It adds and changes, all or nothing, and never deletes. What the file does not name stays as it is.
    """
    with open_core(settings) as core:
        changes = registry(core).apply(CLI, load_partners(policy_files(settings.policy), core.policy.retention), dry_run)
    for change in changes:
        for line in _lines(change):
            click.echo(line)
    if not changes:
        click.echo("The register says the same as the file.")
        return
    partners = "1 partner" if len(changes) == 1 else f"{len(changes)} partners"
    click.echo(f"{partners} would change." if dry_run else f"{partners} changed.")


@partner.command()
@click.argument("slug")
@click.option("--title", help="How people see it.")
@click.option("--sector", type=click.Choice(list(SECTORS)), help="What kind of organisation it is.")
@click.option("--county", help="Where its tips belong if nothing in them says so.")
@click.option("--state", help="The state of that county, two capital letters.")
@click.option("--language", "languages", multiple=True, help="A language of its form; repeat it, the first is the usual one.")
@click.option("--agreement-on", type=Day(), help="The day of the agreement.")
@click.option("--agreement-until", type=Day(), help="Its last day; empty for none.")
@click.option("--trained-on", type=Day(), help="The day of the last training.")
@click.option("--agreed-field", "agreed_fields", multiple=True, help="A field that it may send; repeat it. `all` for every field.")
@click.option("--retention", help="A retention profile of the policy; empty for the usual one.")
@click.option("--photos/--no-photos", default=None, help="Whether it may send pictures.")
@click.option("--embed-origin", "embed_origins", multiple=True, help="A web origin that may frame its form; repeat it. `none` for nobody.")
@click.option("--pending", is_flag=True, help="For a new partner: the agreement is not signed yet.")
@with_settings
def put(settings: Settings, slug: str, pending: bool, **given: Any) -> None:
    """Add the partner SLUG, or change what is given of it. Contacts and quotas are set in the console or the file."""
    values = {name: value for name, value in given.items() if _is_given(name, value)}
    for name, nothing in (("agreed_fields", ("all",)), ("embed_origins", ("none",))):
        if values.get(name) == nothing:
            values[name] = ()
    with open_core(settings) as core, _said():
        if core.partners.get(slug) is not None:
            changed = registry(core).change(CLI, slug, **values)
            click.echo(f"{slug}: changed {', '.join(changed)}" if changed else f"{slug} is as it was")
            return
        if not {"title", "sector"} <= values.keys():
            raise click.UsageError(f"{slug} is new; give --title and --sector")
        registry(core).add(CLI, Partner(slug, **values, status=PartnerStatus.PENDING if pending else PartnerStatus.ACTIVE))
        click.echo(f"{slug} is added; its form is {address_of(core, slug)}")


def _is_given(name: str, value: Any) -> bool:
    """Whether an option was used: a day that was taken away is None too."""
    context = click.get_current_context()
    used = context.get_parameter_source(name)
    return used is click.core.ParameterSource.COMMANDLINE or value not in (None, ())


def _step(name: str, what: str) -> None:
    @partner.command(name, help=what)
    @click.argument("slug")
    @click.option("--reason", required=True, help="Why; it goes into the audit log.")
    @with_settings
    def command(settings: Settings, slug: str, reason: str) -> None:
        with open_core(settings) as core, _said():
            click.echo(f"{slug} is {registry(core).step(CLI, slug, name, reason).status}")


for _name, _what in zip(
    STEPS,
    (
        "Close the form and the keys of the partner SLUG for a while.",
        "Open the form and the keys of the partner SLUG, pending or suspended until now.",
        "Close the form and the keys of the partner SLUG for good. What it reported stays.",
    ),
    strict=True,
):
    _step(_name, _what)


@partner.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(["svg", "pdf"]), default="svg", show_default=True, help="SVG or PDF.")
@click.option("--paper", type=click.Choice(["letter", "a4"]), default="letter", show_default=True, help="The paper of a PDF.")
@click.option("--language", default="en", show_default=True, help="The language of its words.")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@with_settings
def poster(settings: Settings, slug: str, kind: str, paper: str, language: str, output: Path) -> None:
    """Write a poster with the QR code of the form of the partner SLUG. Set TIPSTREAM_PUBLIC_URL first: its address is printed."""
    from infra.posters import DrawnPosters  # the drawing of PDF is loaded by no other command
    from ingest.domain.poster import Paper, poster_of, words_in

    with open_core(settings) as core:
        sheet = poster_of(_known(core, slug), _public_url(settings), words_in(language, _catalogues(settings)))
    posters = DrawnPosters()
    output.write_bytes(posters.svg(sheet).encode() if kind == "svg" else posters.pdf(sheet, Paper(paper)))
    click.echo(f"{output} leads to {sheet.url}")


@partner.command()
@click.argument("slug")
@click.option("--language", default="en", show_default=True, help="The language of its words.")
@with_settings
def embed(settings: Settings, slug: str, language: str) -> None:
    """Print HTML for the web pages of the partner SLUG: a link, and a frame for its `embed_origins`."""
    from ingest.domain.poster import frame_snippet, link_snippet, words_in

    with open_core(settings) as core:
        known = _known(core, slug)
    words = words_in(language, _catalogues(settings))
    click.echo(link_snippet(known, _public_url(settings), words))
    if known.embed_origins:
        click.echo(frame_snippet(known, _public_url(settings), words))


def address_of(core: Core, slug: str) -> str:
    """The address of the partner's form, as far as the settings know it."""
    return f"{core.settings.public_url}/r/{slug}"


def _public_url(settings: Settings) -> str:
    if not settings.public_url:
        raise click.UsageError(
            "set TIPSTREAM_PUBLIC_URL to the address under which people reach the product, for example https://tips.example.org"
        )
    return settings.public_url


def _catalogues(settings: Settings) -> Mapping[str, Catalogue]:
    """The words of the product, with those that the deployment has put in their place."""
    return with_own_words(load_catalogues(), policy_files(settings.policy))


def _known(core: Core, slug: str) -> Partner:
    known = core.partners.get(slug)
    if known is None:
        raise NotFound("partner", slug)
    return known


def _lines(change: Change) -> Iterator[str]:
    """What changes, for a terminal; contacts are only counted."""
    if change.added:
        yield f"+ {change.partner.slug}: {change.partner.title}"
        return
    yield f"~ {change.partner.slug}"
    for name, before, after in change.fields:
        if name == "contacts":
            yield f"    contacts: {len(change.partner.contacts)} as in the file"
        else:
            yield f"    {name}: {_word(before)} -> {_word(after)}"


def _word(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Quotas():
            return ", ".join(f"{name} {number}" for name, number in asdict(value).items() if number) or "the usual"
        case tuple():
            return ", ".join(map(str, value)) or "nothing"
    return str(value or "nothing")


@contextmanager
def _said() -> Iterator[None]:
    """Say what must be mended in the words of options."""
    try:
        yield
    except InvalidInput as error:
        said = "; ".join(f"--{e.path.replace('_', '-')}: {e.message}" for e in error.errors)
        raise click.UsageError(said) from error
