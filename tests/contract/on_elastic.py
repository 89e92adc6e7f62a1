"""Binds suites to the real search engines. Each folder stands for an installation: a prefix of its own on the one server of the run."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path

from infra.search.elastic_client import Engine
from infra.search.elastic_index import ElasticCaseIndex, ElasticCaseReader
from infra.storage.leader import FileLeader
from tests.services.fixtures import needed
from triage.ports import CaseIndex

COMPAT = {"elasticsearch": "7", "opensearch": "opensearch"}
"""What ``TIPSTREAM_ELASTICSEARCH_COMPAT`` must be for each server that can be run here."""


def engine_for(server: str, folder: Path) -> Engine:
    """The engine of the installation that ``folder`` stands for."""
    return Engine(needed(server).info["url"], COMPAT[server], f"t{hashlib.sha256(bytes(folder)).hexdigest()[:12]}")


class OnElastic:
    """Opens the index on ``server``."""

    server: str

    @classmethod
    def open(cls, folder: Path) -> AbstractContextManager[CaseIndex]:
        return ElasticCaseIndex(engine_for(cls.server, folder), FileLeader(folder / "reindex.lock"))

    @classmethod
    def open_elsewhere(cls, folder: Path) -> AbstractContextManager[CaseIndex]:
        return ElasticCaseReader(engine_for(cls.server, folder))


class OnElasticsearch(OnElastic):
    server = "elasticsearch"


class OnOpenSearch(OnElastic):
    server = "opensearch"
