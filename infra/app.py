"""The composition root: the only place that chooses adapters. Every process of the product is built from ``open_core``.

Nothing here imports what reads text (spaCy, scikit-learn): the web process is built from this module alone. The worker's
part is ``infra.worker_app``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.blobs import DiskBlobs
from infra.crypto import HmacBlinder, KeyRing, KeyRingSealer
from infra.notify import make_notifier
from infra.search.open import open_case_reader, open_search_matcher
from infra.security import Argon2Passwords
from infra.settings import Settings
from infra.storage.audit_chain import SqlAuditChain
from infra.storage.blobs import SqlBlobs
from infra.storage.database import Database, open_database
from infra.storage.dead_letters import SqlDeadLetters
from infra.storage.event_log import SqlEventLog
from infra.storage.intake import SqlIntakeStore
from infra.storage.partner_work import SqlPartnerStorage
from infra.storage.partners import SqlPartners
from infra.storage.unit_of_work import SqlStorage
from infra.system import SystemClock, SystemIds
from infra.telemetry import open_spans
from ingest.ports import IntakeStore, Partners, PartnerStorage, Sealer
from streams.measured import MeasuredIntakeStore
from streams.metrics import Meter
from streams.ports import DeadLetters, EventLog
from streams.tracing import Spans
from triage.domain.errors import PolicyError, TipstreamError
from triage.domain.policy import Policy
from triage.policy_files.policy import load_policy
from triage.ports import AuditChain, Blinder, Blobs, CaseIndex, Clock, Ids, Notifier, Passwords, SearchMatcher, Storage
from triage.taxonomy.taxonomy import Taxonomy, load_taxonomy


class NotPrepared(TipstreamError):
    """The data directory lacks something; says which command makes it."""


@dataclass(frozen=True, slots=True)
class Core:
    """What every process shares, behind its ports."""

    settings: Settings
    database: Database
    storage: Storage
    intake: IntakeStore
    partners: Partners
    partner_side: PartnerStorage
    events: EventLog
    letters: DeadLetters
    chain: AuditChain
    index: CaseIndex
    matcher: SearchMatcher
    sealer: Sealer
    blinder: Blinder
    blobs: Blobs
    passwords: Passwords
    notifier: Notifier
    clock: Clock
    ids: Ids
    taxonomy: Taxonomy
    policy: Policy
    meter: Meter
    spans: Spans


def policy_files(folder: Path) -> Mapping[str, str]:
    """The texts of the policy folder's YAML files by name. Raises ``NotPrepared`` if there is no folder."""
    if not folder.is_dir():
        raise NotPrepared(f"there is no policy folder {folder}. Run `tipstream init` to start from the example policy.")
    return {path.name: _text(path) for path in sorted(folder.glob("*.yaml"))}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf8")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise PolicyError(str(path), line, "this is not UTF-8; save the file as UTF-8") from None


def require_database(settings: Settings) -> None:
    """Raises ``NotPrepared`` where SQLite would make an empty database by looking for one."""
    if not settings.database_url and not (settings.data / "tipstream.db").exists():
        raise NotPrepared(f"there is no database in {settings.data}. Run `tipstream init`.")


@contextmanager
def open_core(settings: Settings) -> Iterator[Core]:
    """Open everything, keep the policy's version for replays, close at the end.

    Raises ``NotPrepared`` for a data directory that ``tipstream init`` has not made, ``PolicyError`` for a policy that cannot
    be followed, ``Unavailable`` for a store out of reach.
    """
    files = policy_files(settings.policy)
    taxonomy = load_taxonomy()
    try:
        policy = load_policy(files, taxonomy)
    except PolicyError as error:
        raise PolicyError(str(settings.policy / error.file), error.line, error.message) from None
    require_database(settings)
    clock = SystemClock()
    meter = Meter()
    with ExitStack() as stack:
        spans = stack.enter_context(open_spans(settings))
        database = stack.enter_context(open_database(settings.database))
        index = stack.enter_context(open_case_reader(settings))
        storage = SqlStorage(database)
        with storage.reading() as uow:
            known = uow.policies.get(policy.version) is not None
        if not known:
            with storage.writing() as uow:
                uow.policies.add(policy.version, files)
        matcher = stack.enter_context(open_search_matcher(settings, storage, clock))
        keys = KeyRing.load(settings.keys)
        yield Core(
            settings=settings,
            database=database,
            storage=storage,
            intake=MeasuredIntakeStore(SqlIntakeStore(database), meter, spans),
            partners=SqlPartners(database),
            partner_side=SqlPartnerStorage(database),
            events=SqlEventLog(database),
            letters=SqlDeadLetters(database),
            chain=SqlAuditChain(database),
            index=index,
            matcher=matcher,
            sealer=KeyRingSealer(keys, clock),
            blinder=HmacBlinder(keys),
            blobs=SqlBlobs(database) if settings.database_url else DiskBlobs(settings.data / "blobs"),
            passwords=Argon2Passwords(),
            notifier=make_notifier(settings.alert_webhook),
            clock=clock,
            ids=SystemIds(clock),
            taxonomy=taxonomy,
            policy=policy,
            meter=meter,
            spans=spans,
        )
