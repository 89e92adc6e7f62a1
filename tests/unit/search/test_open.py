"""Which engine the settings choose, and that the client of one that is not used is not loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from infra.search.elastic_index import ElasticCaseIndex, ElasticCaseReader
from infra.search.matcher_elastic import ElasticSearchMatcher
from infra.search.matcher_embedded import EmbeddedSearchMatcher
from infra.search.open import open_case_index, open_case_reader, open_search_matcher
from infra.search.tantivy_index import TantivyCaseIndex, TantivyCaseReader
from infra.settings import Settings, SettingsError
from infra.storage.database import Database
from infra.storage.unit_of_work import SqlStorage
from tests.builders import StillClock


@pytest.mark.parametrize(
    ("url", "kinds"),
    [
        ("", (TantivyCaseReader, TantivyCaseIndex, EmbeddedSearchMatcher)),
        ("http://search:9200", (ElasticCaseReader, ElasticCaseIndex, ElasticSearchMatcher)),
    ],
)
def test_the_address_chooses(url: str, kinds: tuple[type, type, type], database: Database, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, elasticsearch_url=url)
    with (
        open_case_reader(settings) as reader,
        open_case_index(settings, database) as index,
        open_search_matcher(settings, SqlStorage(database), StillClock()) as matcher,
    ):
        assert (type(reader), type(index), type(matcher)) == kinds


def test_every_setting_reaches_the_client(tmp_path: Path) -> None:
    settings = Settings(elasticsearch_url="https://search", elasticsearch_compat="7", elasticsearch_ca_file=str(tmp_path / "none"))
    with pytest.raises(Exception, match="TIPSTREAM_ELASTICSEARCH_CA_FILE"):
        open_case_reader(settings)
    with pytest.raises(SettingsError, match="TIPSTREAM_ELASTICSEARCH_COMPAT"):
        open_case_reader(Settings(elasticsearch_url="http://search", elasticsearch_compat="6"))


def test_the_embedded_product_does_not_load_the_client() -> None:
    asks = "import sys, infra.app, infra.search.open; sys.exit('elasticsearch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks], check=False, cwd=Path(__file__).parents[3]).returncode == 0
