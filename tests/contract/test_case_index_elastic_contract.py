"""The case index on the real Elasticsearch and OpenSearch; the saboteurs of the suites are in ``test_case_index_contract``."""

from __future__ import annotations

from tests.contract.case_index_suite import CaseSearchSuite
from tests.contract.case_index_writing_suite import CaseWritingSuite
from tests.contract.on_elastic import OnElasticsearch, OnOpenSearch


class TestElasticsearchSearch(OnElasticsearch, CaseSearchSuite):
    pass


class TestElasticsearchWriting(OnElasticsearch, CaseWritingSuite):
    pass


class TestOpenSearchSearch(OnOpenSearch, CaseSearchSuite):
    pass


class TestOpenSearchWriting(OnOpenSearch, CaseWritingSuite):
    pass
