"""Looks at everything that the settings name, without changing any of it, and says what to do about what is not well.

Every check stands alone: one that fails, or that cannot be made, does not keep the others from being made.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from infra.app import Core, NotPrepared, open_core, policy_files
from infra.brokers import make_brokers
from infra.settings import Settings
from infra.storage.migrate import current, newest
from models.artifact import ArtifactError
from models.assess import Assessor
from streams.kafka import TopicAdmin
from streams.topics import named
from triage.domain.errors import TipstreamError
from triage.policy_file import load_policy
from triage.taxonomy.taxonomy import load_taxonomy

LOW_BYTES = 2_000_000_000
"""Free space below which the disk of the data directory is worth a warning: some 100,000 tips with their index."""

NEEDED = {
    "uvloop": "the web process answers slower",
    "httptools": "the web process answers slower",
    "crc32c": "Kafka is many times slower",
}
"""What the product runs without, but badly."""


class State(StrEnum):
    """How a check ended."""

    WELL = "well"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: about what, how it is, in words, and what to do if it is not well."""

    about: str
    state: State
    words: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Make every check that these settings ask for, the quick ones first."""
    yield from _guarded("data directory", lambda: _data_directory(settings))
    yield from _guarded("policy", lambda: _policy(settings))
    yield from _guarded("database", lambda: _database(settings))
    yield from _guarded("libraries", _libraries)
    yield from _guarded("model", lambda: _model(settings))
    if settings.kafka_bootstrap:
        yield from _guarded("kafka", lambda: _kafka(settings))
    yield from _guarded("search index", lambda: _index(settings))
    if settings.kafka_bootstrap and not settings.elasticsearch_url:
        yield Finding("search index", State.WARNING, "the embedded index takes one worker only; set TIPSTREAM_ELASTICSEARCH_URL for more")
    if settings.kafka_bootstrap and not settings.database_url:
        yield Finding("database", State.WARNING, "SQLite serves one machine only; set TIPSTREAM_DATABASE_URL for workers on several")


def _guarded(about: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except (TipstreamError, ValueError) as error:
        yield Finding(about, State.FAILED, str(error))


def _data_directory(settings: Settings) -> Iterator[Finding]:
    folder = settings.data
    if not folder.is_dir():
        raise NotPrepared(f"there is no data directory {folder}. Run `tipstream init`.")
    if not os.access(folder, os.W_OK):
        yield Finding("data directory", State.FAILED, f"{folder} may not be written. Give this user the right to write it")
    elif folder.stat().st_mode & stat.S_IRWXO:
        yield Finding("data directory", State.WARNING, f"others can look into {folder}. Take that right away: chmod o-rwx")
    else:
        yield Finding("data directory", State.WELL, "there, and for us alone")
    free = shutil.disk_usage(folder).free
    state = State.WELL if free >= LOW_BYTES else State.WARNING
    yield Finding("disk", state, f"{free / 1e9:.1f} GB free" + ("" if state is State.WELL else ". Make room: a full disk refuses tips"))


def _policy(settings: Settings) -> Iterator[Finding]:
    policy = load_policy(policy_files(settings.policy), load_taxonomy())
    yield Finding("policy", State.WELL, f"version {policy.version}, {len(policy.desks)} desks")


def _database(settings: Settings) -> Iterator[Finding]:
    revision, wanted = current(settings.database), newest()
    if revision == wanted:
        yield Finding("database", State.WELL, f"reached, schema {revision}")
    else:
        yield Finding("database", State.FAILED, f"its schema is {revision}, this release needs {wanted}. Run `tipstream migrate`")


def _libraries() -> Iterator[Finding]:
    missing = {name: why for name, why in NEEDED.items() if importlib.util.find_spec(name) is None}
    for name, why in missing.items():
        yield Finding("libraries", State.WARNING, f"{name} is missing: {why}. Install it")
    if not missing:
        yield Finding("libraries", State.WELL, "all fast parts are there")


def _model(settings: Settings) -> Iterator[Finding]:
    try:
        assessor = Assessor.load(settings.model, load_taxonomy(), second=settings.second_reader > 0)
    except ArtifactError as error:
        yield Finding("model", State.FAILED, f"{error} Until then tips are read by rules alone")
    else:
        yield Finding("model", State.WELL, assessor.model)


def _kafka(settings: Settings) -> Iterator[Finding]:
    desks = load_policy(policy_files(settings.policy), load_taxonomy()).desks
    with TopicAdmin(make_brokers(settings)) as admin:
        problems = admin.problems(named(desks))
        brokers = admin.brokers()
    for problem in problems:
        yield Finding("kafka", State.FAILED, problem)
    if brokers < settings.kafka_replication:
        yield Finding("kafka", State.WARNING, f"{brokers} brokers, but topics ask for {settings.kafka_replication} copies")
    elif not problems:
        yield Finding("kafka", State.WELL, f"{brokers} brokers, all topics as they should be")


def _index(settings: Settings) -> Iterator[Finding]:
    with open_core(settings) as core:
        found, cases = core.index.count(), _cases(core)
    words = f"{found} of {cases} cases"
    if found < cases:
        yield Finding("search index", State.WARNING, f"{words}. If no worker is catching up, run `tipstream reindex`")
    else:
        yield Finding("search index", State.WELL, words)


def _cases(core: Core) -> int:
    count, after = 0, ""
    with core.storage.reading() as uow:
        while page := uow.cases.ids(after, 10_000):
            count, after = count + len(page), page[-1]
    return count
