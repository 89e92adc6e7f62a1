"""Makes a data directory that the product can start from: keys, example policy, database, partners."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from infra.app import open_core, policy_files
from infra.crypto import KeyRing
from infra.settings import Settings
from infra.storage.migrate import upgrade
from ingest.partner_file import load_partners


def prepare(settings: Settings) -> None:
    """Make what is missing and leave alone what is there; then bring the schema and the partners up to date."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    KeyRing.load(settings.keys)
    copy_example_policy(settings.policy)
    upgrade(settings.database)
    with open_core(settings) as core:
        for partner in load_partners(policy_files(settings.policy)):
            core.partners.put(partner)


def copy_example_policy(folder: Path) -> None:
    """Write the example policy into a folder that holds no policy yet; one that somebody made is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.yaml")):
        return
    for example in (files("infra") / "example" / "policy").iterdir():
        if example.name.endswith(".yaml"):
            (folder / example.name).write_text(example.read_text("utf8"), "utf8")
