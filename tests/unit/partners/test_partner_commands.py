"""``tipstream partner`` as people type it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from infra.app import Core, open_core
from infra.cli import tipstream
from infra.crypto import KeyRing
from infra.prepare import prepare
from infra.settings import Settings
from ingest.domain.partner import PartnerStatus, Scope
from ingest.registry.api_key import token_hash
from tests.builders import example_files
from triage.domain.errors import Conflict, NotFound, PolicyError

FILE = """\
- {slug: prairie-haul, title: Prairie Haul, sector: trucking, county: Buffalo, state: NE}
- {slug: oak-school, title: Oak School, sector: school}
"""


class Shell:
    """A data directory, and commands on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "policy/partners.yaml"

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(tipstream, [*words, "--data", str(self.folder)])

    def said(self, *words: str) -> str:
        """What a command prints that does what it should."""
        result = self.run("partner", *words)
        assert result.exit_code == 0, result.output
        return result.output

    @contextmanager
    def core(self) -> Iterator[Core]:
        with open_core(Settings(data=self.folder)) as core:
            yield core


@pytest.fixture
def shell(tmp_path: Path, migrated: Path) -> Shell:
    shell = Shell(tmp_path)
    shutil.copyfile(migrated, tmp_path / "tipstream.db")
    KeyRing.load(tmp_path / "keys")
    shell.file.parent.mkdir()
    for name, text in example_files().items():
        (shell.file.parent / name).write_text(text, "utf8")
    shell.file.write_text(FILE, "utf8")
    shell.said("apply")
    return shell


def test_the_file_is_shown_then_applied(shell: Shell) -> None:
    shell.file.write_text(
        FILE.replace("Prairie Haul,", "Prairie Haul Inc,") + "- {slug: grace, title: Grace, sector: house_of_worship}\n", "utf8"
    )
    lines = ["~ prairie-haul", "    title: Prairie Haul -> Prairie Haul Inc", "+ grace: Grace"]
    assert shell.said("apply", "--dry-run").splitlines() == [*lines, "2 partners would change."]
    assert "Prairie Haul Inc" not in shell.said("list")
    assert shell.said("apply").splitlines() == [*lines, "2 partners changed."]
    assert shell.said("apply") == "The register says the same as the file.\n"
    assert [one["slug"] for one in json.loads(shell.said("list", "--json"))] == ["grace", "oak-school", "prairie-haul"]
    assert "grace" not in shell.said("list", "--sector", "school")
    with shell.core() as core, core.storage.reading() as work:
        assert [(r.actor, r.action) for r in work.audit.of_object("partner:grace", 9)] == [("system:cli", "partner.add")]


def test_a_start_adds_new_partners_and_leaves_known_ones_alone(shell: Shell) -> None:
    shell.said("suspend", "oak-school", "--reason", "a key leaked")
    shell.said("put", "oak-school", "--title", "Oak Hill School")
    shell.file.write_text(FILE + "- {slug: grace, title: Grace, sector: house_of_worship}\n", "utf8")
    prepare(Settings(data=shell.folder))
    with shell.core() as core:
        kept = {partner.slug: (partner.title, partner.status) for partner in core.partners.all()}
    assert kept["oak-school"] == ("Oak Hill School", PartnerStatus.SUSPENDED)
    assert kept["grace"] == ("Grace", PartnerStatus.ACTIVE)


def test_contacts_are_not_printed_by_a_difference(shell: Shell) -> None:
    shell.file.write_text("- {slug: oak-school, title: Oak School, sector: school, contacts: [{name: Nia, phone: 308-555-0142}]}\n", "utf8")
    output = shell.said("apply")
    assert ("contacts: 1 as in the file" in output, "308" in output) == (True, False)


def test_a_mistake_in_the_file_changes_nothing_and_names_its_line(shell: Shell) -> None:
    shell.file.write_text(FILE + "- {slug: grace, title: Grace, sector: church}\n", "utf8")
    for command in (("partner", "apply"), ("policy",)):
        error = shell.run(*command).exception
        assert isinstance(error, PolicyError)
        assert (error.file, error.line) == ("partners.yaml", 3)


def test_show_prints_what_the_file_can_hold(shell: Shell) -> None:
    shell.said("put", "oak-school", "--photos", "--agreed-field", "place", "--retention", "short", "--embed-origin", "https://oak.test")
    (entry,) = yaml.safe_load(shell.said("show", "oak-school"))
    assert entry == json.loads(shell.said("show", "oak-school", "--json"))
    shell.file.write_text(shell.said("show", "oak-school"), "utf8")
    assert shell.said("apply") == "The register says the same as the file.\n"


def test_put_adds_and_changes_what_is_given(shell: Shell) -> None:
    assert "give --title and --sector" in shell.run("partner", "put", "first-bank", "--sector", "bank").output
    assert "--state: Use the two capital letters" in shell.run("partner", "put", "oak-school", "--state", "Neb").output
    shell.said("put", "first-bank", "--sector", "bank", "--title", "First Bank", "--agreement-until", "2028-01-31", "--pending")
    assert shell.said("put", "first-bank", "--agreement-until", "", "--county", "Hall") == "first-bank: changed county, agreement_until\n"
    assert shell.said("put", "first-bank", "--county", "Hall") == "first-bank is as it was\n"
    with shell.core() as core:
        kept = core.partners.get("first-bank")
    assert kept is not None
    assert (kept.title, kept.county, kept.agreement_until, kept.status) == ("First Bank", "Hall", None, PartnerStatus.PENDING)


def test_lists_are_taken_away_by_a_word(shell: Shell) -> None:
    shell.said("put", "oak-school", "--agreed-field", "place", "--embed-origin", "https://oak.test")
    assert (
        shell.said("put", "oak-school", "--agreed-field", "all", "--embed-origin", "none")
        == "oak-school: changed agreed_fields, embed_origins\n"
    )


def test_a_partner_is_suspended_resumed_and_ended(shell: Shell) -> None:
    assert shell.run("partner", "suspend", "oak-school").exit_code == 2
    for step, status in (("suspend", "suspended"), ("resume", "active"), ("end", "ended")):
        assert shell.said(step, "oak-school", "--reason", "they asked") == f"oak-school is {status}\n"
    assert isinstance(shell.run("partner", "resume", "oak-school", "--reason", "again").exception, Conflict)
    assert isinstance(shell.run("partner", "apply").exception, type(None))  # the file does not name the status


def test_keys_are_made_listed_rotated_and_revoked(shell: Shell) -> None:
    token = shell.said("key", "new", "oak-school", "--scope", "tips:read", "--sandbox", "--days", "10", "--label", "desk").strip()
    (made,) = json.loads(shell.said("key", "list", "oak-school", "--json"))
    assert (made["state"], made["sandbox"], made["scopes"], made["label"]) == ("works", True, ["tips:read"], "desk")
    second = shell.said("key", "rotate", "oak-school", made["id"], "--overlap", "0").strip()
    assert re.fullmatch(r"ts_test_[\w-]{43}", second)
    shell.said("key", "revoke", "oak-school", made["id"])
    assert [(k["state"], k["replaced_by"] is None) for k in json.loads(shell.said("key", "list", "oak-school", "--json"))] == [
        ("works", True),
        ("revoked", False),
    ]
    assert "sandbox" in shell.said("key", "list", "oak-school")
    with shell.core() as core:
        assert core.partners.by_key(token_hash(token), core.clock.now()) is None
        found = core.partners.by_key(token_hash(second), core.clock.now())
    assert found is not None
    assert found[1].scopes == (Scope.READ,)


def test_people_are_added_and_kept_out(shell: Shell) -> None:
    assert re.fullmatch(r"dora signs in at /p with the password [\w-]{16}\n", shell.said("staff", "add", "oak-school", "dora", "--manager"))
    assert "signs in at /p" in shell.said("staff", "password", "oak-school", "DORA")
    shell.said("staff", "deactivate", "oak-school", "dora")
    assert json.loads(shell.said("staff", "list", "oak-school", "--json")) == [
        {"name": "dora", "display_name": "dora", "manager": True, "active": False}
    ]
    assert isinstance(shell.run("partner", "staff", "password", "prairie-haul", "dora").exception, NotFound)


@pytest.mark.parametrize(
    "words",
    [
        ("show", "nobody"),
        ("key", "new", "nobody"),
        ("key", "list", "nobody"),
        ("key", "revoke", "oak-school", "key_x"),
        ("staff", "list", "nobody"),
        ("suspend", "nobody", "--reason", "x"),
        ("poster", "nobody", "-o", "p.svg"),
        ("embed", "nobody"),
    ],
)
def test_what_is_not_there_is_said(shell: Shell, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPSTREAM_PUBLIC_URL", "https://tips.test")
    assert isinstance(shell.run("partner", *words).exception, NotFound)


def test_posters_and_snippets_need_an_address(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "poster"
    for words in (("poster", "oak-school", "-o", str(target)), ("embed", "oak-school")):
        assert "TIPSTREAM_PUBLIC_URL" in shell.run("partner", *words).output
    monkeypatch.setenv("TIPSTREAM_PUBLIC_URL", "https://tips.test")
    starts: dict[str, Callable[[bytes], bool]] = {"svg": lambda b: b.startswith(b"<svg"), "pdf": lambda b: b.startswith(b"%PDF-")}
    for kind, right in starts.items():
        assert "https://tips.test/r/oak-school" in shell.said("poster", "oak-school", "--format", kind, "-o", str(target))
        assert right(target.read_bytes())
    assert shell.said("embed", "oak-school").count("\n") == 1
    shell.said("put", "oak-school", "--embed-origin", "https://oak.test")
    assert "<iframe" in shell.said("embed", "oak-school", "--language", "es")
