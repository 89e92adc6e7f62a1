"""Makes a data directory that the product can start from: keys, example policy, database, partners."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from infra.accounts import CLI, registry
from infra.app import open_core, policy_files
from infra.crypto import KeyRing
from infra.settings import Settings
from infra.storage.migrate import upgrade
from ingest.registry.partner_file import load_partners


def prepare(settings: Settings) -> None:
    """Make what is missing and leave alone what is there, then bring the schema up to date.

    Partners of the file that are not known yet are added. Known ones may have been changed since, in the console or by command, so the file
    changes them only by ``tipstream partner apply``.
    """
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    KeyRing.load(settings.keys)
    copy_example_policy(settings.policy)
    upgrade(settings.database)
    with open_core(settings) as core:
        entries = load_partners(policy_files(settings.policy), core.policy.retention)
        registry(core).apply(CLI, [entry for entry in entries if core.partners.get(entry.partner.slug) is None])


def copy_example_policy(folder: Path) -> None:
    """Write the example policy into a folder that holds no policy yet; one that somebody made is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.yaml")):
        return
    for example in (files("infra") / "example" / "policy").iterdir():
        if example.name.endswith(".yaml"):
            (folder / example.name).write_text(example.read_text("utf8"), "utf8")
