"""Looks at everything that the settings name, without changing any of it, and says what to do about what is not well.

Every check stands alone: one that fails, or that cannot be made, does not keep the others from being made.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import smtplib
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select

from infra.app import NotPrepared, policy_files, require_database
from infra.brokers import make_brokers
from infra.crypto import KEY_FILES
from infra.duty import faults, gaps_ahead, spoken
from infra.notify import mail_server
from infra.search.open import open_case_reader
from infra.settings import Settings
from infra.storage.database import open_database
from infra.storage.dead_letters import SqlDeadLetters
from infra.storage.migrate import current, newest
from infra.storage.tables import cases
from infra.storage.unit_of_work import SqlStorage
from infra.system import SystemClock
from infra.telemetry import check_extra
from models.artifact import ArtifactError
from models.assess import Assessor
from streams.direct import DeadLetterTopic
from streams.kafka import TopicAdmin
from streams.topics import named
from triage.domain.duty import DutyPlan
from triage.domain.errors import TipstreamError
from triage.policy_files.escalation import load_escalation
from triage.policy_files.policy import load_policy
from triage.ports import Storage
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


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings) -> Iterator[Finding]:
    """Make every check that these settings ask for, the quick ones first."""
    for about, check in _checks(settings):
        try:
            yield from check(settings)
        except (TipstreamError, ValueError) as error:
            yield Finding(about, State.FAILED, str(error))
        except OSError as error:
            yield Finding(about, State.FAILED, f"{error.filename or 'it'} cannot be used ({error.strerror}). Mend its rights or its place")


def _checks(settings: Settings) -> Iterator[tuple[str, Check]]:
    yield "data directory", _data_directory
    yield "keys", _keys
    yield "policy", _policy
    yield "database", _database
    if settings.smtp_host:
        yield "mail", _mail
    yield "libraries", _libraries
    if settings.webhook_allow_private:
        yield "webhooks", _webhooks
    if settings.trace_endpoint:
        yield "traces", _traces
    yield "model", _model
    if settings.kafka_bootstrap:
        yield "kafka", _kafka
        yield "engines", _engines
    yield "search index", _index


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


def _keys(settings: Settings) -> Iterator[Finding]:
    """The key files and those of passwords: there, and nobody else's to read."""
    given = (settings.kafka_password_file, settings.elasticsearch_api_key_file, settings.smtp_password_file, settings.pager_token_file)
    named_files = filter(None, given)
    files = [*(settings.keys / name for name in KEY_FILES), *map(Path, named_files)]
    faults = [fault for path in files if (fault := _file_fault(path))]
    for fault in faults:
        yield Finding("keys", State.FAILED, fault)
    if not faults:
        yield Finding("keys", State.WELL, f"{len(files)} files, for us alone")


def _file_fault(path: Path) -> str:
    if not path.is_file():
        return f"{path} is missing. Restore it from the backup; before the first tip `tipstream init` makes key files"
    if not os.access(path, os.R_OK):
        return f"{path} may not be read. Give this user the right to read it"
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return f"{path} can be read by other users. Run: chmod 600 {path}"
    return ""


def _policy(settings: Settings) -> Iterator[Finding]:
    policy = load_policy(policy_files(settings.policy), load_taxonomy())
    _plan(settings)
    yield Finding("policy", State.WELL, f"version {policy.version}, {len(policy.desks)} desks")


def _duty(settings: Settings, storage: Storage) -> Iterator[Finding]:
    """Who is on call; of a policy that cannot be read ``_policy`` tells."""
    try:
        plan = _plan(settings)
    except (TipstreamError, OSError):
        return
    with storage.reading() as work:
        wrong = list(faults(plan, work.users.all()))
    wrong += [f"nobody is on call at {desk} {spoken(plan, desk, gap)}" for desk, gap in gaps_ahead(plan, SystemClock().now())]
    for fault in wrong:
        yield Finding("on call", State.WARNING, fault)
    if plan.rotas and not wrong:
        yield Finding("on call", State.WELL, f"{len(plan.rotas)} rotas without a gap")


def _plan(settings: Settings) -> DutyPlan:
    files = policy_files(settings.policy)
    return load_escalation(files, load_policy(files, load_taxonomy()).desks)


def _mail(settings: Settings) -> Iterator[Finding]:
    server = mail_server(settings)
    with smtplib.SMTP(server.host, server.port, timeout=5) as session:
        offers_tls = session.ehlo()[0] == 250 and session.has_extn("starttls")
    if server.plain or offers_tls:
        yield Finding("mail", State.WELL, f"{server.host} answers")
    else:
        words = f"{server.host} does not encrypt. Use one that does; TIPSTREAM_SMTP_PLAIN is for one on this machine alone"
        yield Finding("mail", State.FAILED, words)


def _database(settings: Settings) -> Iterator[Finding]:
    require_database(settings)
    revision, wanted = current(settings.database), newest()
    if revision != wanted:
        yield Finding("database", State.FAILED, f"its schema is {revision}, this release needs {wanted}. Run `tipstream migrate`")
        return
    yield Finding("database", State.WELL, f"reached, schema {revision}")
    with open_database(settings.database) as database:
        yield from _open_letters(SqlDeadLetters(database).count_open())
        yield from _duty(settings, SqlStorage(database))


def _webhooks(_: Settings) -> Iterator[Finding]:
    words = "partners' webhooks may reach private addresses, and so whatever stands beside this machine"
    yield Finding("webhooks", State.WARNING, f"{words}. Unset TIPSTREAM_WEBHOOK_ALLOW_PRIVATE unless this is a test")


def _libraries(_: Settings) -> Iterator[Finding]:
    missing = {name: why for name, why in NEEDED.items() if importlib.util.find_spec(name) is None}
    for name, why in missing.items():
        yield Finding("libraries", State.WARNING, f"{name} is missing: {why}. Install it")
    if not missing:
        yield Finding("libraries", State.WELL, "all fast parts are there")


def _traces(settings: Settings) -> Iterator[Finding]:
    check_extra(settings)
    yield Finding("traces", State.WELL, f"go to {settings.trace_endpoint}")


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
    if problems:
        return
    yield from _open_letters(DeadLetterTopic(make_brokers(settings)).count_open())
    yield Finding("kafka", State.WELL, f"{brokers} brokers, all topics as they should be")


def _open_letters(count: int) -> Iterator[Finding]:
    if count:
        yield Finding(
            "dead letters", State.WARNING, f"{count} are open. Look at them with `tipstream dead-letters`, then `tipstream replay`"
        )


def _engines(settings: Settings) -> Iterator[Finding]:
    """Whether the engines beside Kafka can be shared by several machines."""
    if not settings.elasticsearch_url:
        yield Finding("search index", State.WARNING, "the embedded index takes one worker only; set TIPSTREAM_ELASTICSEARCH_URL for more")
    if not settings.database_url:
        yield Finding("database", State.WARNING, "SQLite serves one machine only; set TIPSTREAM_DATABASE_URL for workers on several")


def _index(settings: Settings) -> Iterator[Finding]:
    require_database(settings)
    with open_database(settings.database) as database, database.reading() as connection, open_case_reader(settings) as index:
        found, wanted = index.count(), connection.scalar(select(func.count()).select_from(cases)) or 0
    words = f"{found} of {wanted} cases"
    if found < wanted:
        yield Finding("search index", State.WARNING, f"{words}. If no worker is catching up, run `tipstream reindex`")
    else:
        yield Finding("search index", State.WELL, words)
