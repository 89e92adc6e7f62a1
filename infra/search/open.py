"""Which search engine: chosen by ``TIPSTREAM_ELASTICSEARCH_URL``; the embedded one where it is empty.

The engine's client takes a second to load, so that it is loaded only where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

from infra.search.matcher_embedded import EmbeddedSearchMatcher
from infra.search.tantivy_index import TantivyCaseIndex, TantivyCaseReader
from infra.settings import Settings
from infra.storage.database import Database
from infra.storage.leader import make_leader
from triage.ports import CaseIndex, Clock, SearchMatcher, Storage


def open_case_reader(settings: Settings) -> AbstractContextManager[CaseIndex]:
    """The index for a process that only searches. Raises ``SettingsError``, ``Unavailable``."""
    if not settings.elasticsearch_url:
        return TantivyCaseReader(settings.index)
    reader: AbstractContextManager[CaseIndex] = _elastic("elastic_index").ElasticCaseReader(_engine(settings))
    return reader


def open_case_index(settings: Settings, database: Database) -> AbstractContextManager[CaseIndex]:
    """The index for a process that writes; rebuilding is one process's at a time among those on ``database``."""
    if not settings.elasticsearch_url:
        return TantivyCaseIndex(settings.index)
    leader = make_leader(database, settings.data, "reindex")
    index: AbstractContextManager[CaseIndex] = _elastic("elastic_index").ElasticCaseIndex(_engine(settings), leader)
    return index


@contextmanager
def open_search_matcher(settings: Settings, storage: Storage, clock: Clock) -> Iterator[SearchMatcher]:
    """What knows the saved searches; closed at the end."""
    if not settings.elasticsearch_url:
        yield EmbeddedSearchMatcher(storage, clock)
        return
    with _elastic("matcher_elastic").ElasticSearchMatcher(_engine(settings), clock) as matcher:
        yield matcher


def rebuild_searches(settings: Settings, storage: Storage, clock: Clock) -> None:
    """Bring the saved searches of the store into the engine anew; the embedded product reads them where they are."""
    if settings.elasticsearch_url:

        def saved() -> Any:
            with storage.reading() as uow:
                return uow.saved.all()

        with _elastic("matcher_elastic").ElasticSearchMatcher(_engine(settings), clock) as matcher:
            matcher.rebuild(saved)


def _elastic(module: str) -> Any:
    return import_module(f"infra.search.{module}")


def _engine(settings: Settings) -> Any:
    return _elastic("elastic_client").Engine(
        url=settings.elasticsearch_url,
        compat=settings.elasticsearch_compat,
        prefix=settings.elasticsearch_prefix,
        ca_file=settings.elasticsearch_ca_file,
        api_key_file=settings.elasticsearch_api_key_file,
    )
