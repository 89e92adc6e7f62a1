"""`tipstream reindex` on the search engine: cases and saved searches as the database has them."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from infra.app import open_core
from infra.commands.run import reindex
from infra.prepare import prepare
from infra.search.elastic_index import ElasticCaseIndex
from infra.search.open import open_search_matcher
from infra.settings import read_settings
from infra.storage.leader import FileLeader
from tests.contract.case_index_suite import ANA, a_document
from tests.contract.on_elastic import engine_for
from tests.contract.search_matcher_suite import a_search, case, id_of
from triage.domain.query import Everything


def test_builds_cases_and_saved_searches_from_the_database(tmp_path: Path) -> None:
    engine = engine_for("elasticsearch", tmp_path)
    environment = {
        "TIPSTREAM_DATA": str(tmp_path / "data"),
        "TIPSTREAM_ELASTICSEARCH_URL": engine.url,
        "TIPSTREAM_ELASTICSEARCH_COMPAT": engine.compat,
        "TIPSTREAM_ELASTICSEARCH_PREFIX": engine.prefix,
    }
    settings = read_settings(environment)
    prepare(settings)
    with open_core(settings) as core, core.storage.writing() as uow:
        uow.saved.put(a_search(1, "van"))
    with ElasticCaseIndex(engine, FileLeader(tmp_path / "lock")) as index:
        index.put([a_document(1)])  # which the database does not have
    done = CliRunner().invoke(reindex, env=environment, catch_exceptions=False)
    assert "0 cases indexed." in done.output
    with open_core(settings) as core, open_search_matcher(settings, core.storage, core.clock) as matcher:
        assert core.index.search(ANA, Everything()).total == 0
        assert matcher.match([a_document(1)]) == {case(1): (id_of(1),)}
