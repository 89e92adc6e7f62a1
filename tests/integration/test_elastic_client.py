"""How the client speaks to engines that are old, busy, closed or gone: against a server of the test's own that says what it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.search.elastic_bulk import CHUNK, plain, removed, versioned, write
from infra.search.elastic_client import Engine
from infra.search.elastic_index import ElasticCaseReader
from infra.search.elastic_mapping import format_name
from infra.settings import SettingsError
from tests.contract.case_index_suite import ANA
from triage.domain.errors import Unavailable
from triage.domain.query import Everything

SECRET = "the tipster said so"


@dataclass
class Stub:
    """Answers each request with the next of ``answers`` (status, body), the last one again and again, and keeps what was asked."""

    answers: list[tuple[int, Any]]
    url: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/json"})
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def next(self) -> tuple[int, Any]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def stub() -> Iterator[Stub]:
    stub = Stub([(200, {})])

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            stub.asked.append((f"{self.command} {self.path}", {name.lower(): value for name, value in self.headers.items()}, body))
            status, answer = stub.next()
            sent = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {**stub.headers, "Content-Length": str(len(sent))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(sent)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815, the names that the server calls

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield stub
    server.shutdown()
    server.server_close()
    thread.join()


def error(type: str, status: int = 400) -> tuple[int, Any]:
    reason = {"type": type, "reason": f"cannot take {SECRET}"}
    return status, {"error": {**reason, "root_cause": [reason]}, "status": status}


def items(*statuses: int | str) -> tuple[int, Any]:
    """A bulk's answer: a status per item, or the type of the error for which it was refused."""
    told = [{"status": each} if isinstance(each, int) else {"status": 400, "error": {"type": each, "reason": SECRET}} for each in statuses]
    return 200, {"items": [{"index": {"_index": "cases-1", **each}} for each in told]}


# which dialect


@pytest.mark.parametrize(
    ("compat", "accept", "named"),
    [
        ("", "application/vnd.elasticsearch+json; compatible-with=9", True),
        ("8", "application/vnd.elasticsearch+json; compatible-with=8", True),
        ("7", "application/json", False),
        ("opensearch", "application/json", False),
    ],
)
def test_speaks_each_dialect(stub: Stub, compat: str, accept: str, named: bool) -> None:
    stub.answers = [(200, {"count": 7})]
    stub.headers = {"Content-Type": "application/json", "Warning": '299 Elasticsearch "is old"'}
    if named:
        stub.headers["X-Elastic-Product"] = "Elasticsearch"
    with Engine(stub.url, compat).client() as client:
        assert client.count(index="x", query={"match_all": {}})["count"] == 7
        client.bulk(index="x", operations=[{"delete": {"_id": "1"}}])
    ((_, one, _), (_, bulk, _)) = stub.asked
    assert one["accept"] == one["content-type"] == accept
    assert bulk["content-type"] == accept.replace("+json", "+x-ndjson").replace("/json", "/x-ndjson")


def test_an_unnamed_product_asks_for_the_right_setting(stub: Stub) -> None:
    stub.headers = {"Content-Type": "application/json"}
    with ElasticCaseReader(Engine(stub.url)) as index, pytest.raises(Unavailable, match="TIPSTREAM_ELASTICSEARCH_COMPAT"):
        index.count()


# how it signs in


def test_signs_in_with_the_key_of_the_file(stub: Stub, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("c2VjcmV0\n")
    with Engine(stub.url, "7", api_key_file=str(tmp_path / "key")).client() as client:
        client.indices.refresh(index="x")
    assert stub.asked[0][1]["authorization"] == "ApiKey c2VjcmV0"


@pytest.mark.parametrize(
    ("engine", "kind", "says"),
    [
        (Engine("http://x:9200", "6"), SettingsError, "TIPSTREAM_ELASTICSEARCH_COMPAT"),
        (Engine("search"), SettingsError, "TIPSTREAM_ELASTICSEARCH_URL"),
        (Engine(""), SettingsError, "TIPSTREAM_ELASTICSEARCH_URL"),
        (Engine("http://x:9200", api_key_file="/nowhere"), Unavailable, "TIPSTREAM_ELASTICSEARCH_API_KEY_FILE"),
        (Engine("https://x:9200", ca_file="/nowhere"), Unavailable, "TIPSTREAM_ELASTICSEARCH_CA_FILE"),
    ],
)
def test_says_which_setting_to_mend(engine: Engine, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        engine.client()


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://search", ["https://search:443"]),
        ("http://search/path", ["http://search:80/path"]),
        ("http://one:9200, http://[::1]:9201", ["http://one:9200", "http://[::1]:9201"]),
    ],
)
def test_takes_addresses_as_people_write_them(url: str, hosts: list[str]) -> None:
    with Engine(url).client() as client:
        assert sorted(node.base_url for node in client.transport.node_pool.all()) == sorted(hosts)


# what errors mean


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (error("security_exception", 403), "run-on-elasticsearch.md"),
        (error("security_exception", 401), "run-on-elasticsearch.md"),
        (error("media_type_header_exception"), "TIPSTREAM_ELASTICSEARCH_COMPAT"),
        (error("search_phase_execution_exception", 500), "tipstream reindex"),
        (error("circuit_breaking_exception", 429), "overloaded"),
    ],
)
def test_errors_say_what_to_do_and_repeat_nothing(stub: Stub, answer: tuple[int, Any], says: str) -> None:
    stub.answers = [answer]
    client = Engine(stub.url, "7").client(retry_backoff_base=0)
    with ElasticCaseReader(Engine(stub.url, "7"), client) as index, pytest.raises(Unavailable, match=says) as raised:
        index.search(ANA, Everything())
    assert SECRET not in str(raised.value)
    assert raised.value.__suppress_context__


def test_says_when_nobody_answers(stub: Stub) -> None:
    with ElasticCaseReader(Engine("http://127.0.0.1:9", "7")) as index, pytest.raises(Unavailable, match="out of reach"):
        index.search(ANA, Everything())


def test_a_busy_engine_is_asked_again(stub: Stub) -> None:
    stub.answers = [error("es_rejected_execution_exception", 429), error("unavailable", 503), (200, {"count": 3})]
    client = Engine(stub.url, "7").client(retry_backoff_base=0)
    with ElasticCaseReader(Engine(stub.url, "7"), client) as index:
        assert index.count() == 3
    assert len(stub.asked) == 3


def test_an_index_that_was_swapped_and_removed_meanwhile_is_read_anew(stub: Stub) -> None:
    current = f"tipstream-cases-{format_name()}"
    gone, there = error("index_not_found_exception", 404), (200, {"tipstream-cases-000002": {"aliases": {current: {}}}})
    stub.answers = [gone, there, gone, there, (200, {"count": 4})]
    with ElasticCaseReader(Engine(stub.url, "7")) as index:
        assert index.count() == 4


# bulks


def test_only_busy_items_are_sent_again(stub: Stub) -> None:
    stub.answers = [items(201, 429, 409, 503), items(429, 200), items(200)]
    waits: list[float] = []
    with Engine(stub.url, "7").client() as client:
        rows = [versioned(f"c{number}", number + 1, b"{}") for number in range(4)]
        assert write(client, "cases", rows, waits.append) == {"cases-1"}
    sent = [[json.loads(line)["index"]["_id"] for line in body.splitlines()[::2]] for _, _, body in stub.asked]
    assert sent == [["c0", "c1", "c2", "c3"], ["c1", "c3"], ["c1"]]
    assert waits == [0.2, 0.4]


def test_gives_up_on_an_engine_that_stays_busy(stub: Stub) -> None:
    stub.answers = [items(429)]
    waits: list[float] = []
    with Engine(stub.url, "7").client() as client, pytest.raises(Unavailable, match="too busy to take 1 documents"):
        write(client, "cases", [plain("c1", b"{}")], waits.append)
    assert len(stub.asked) == len(waits) + 1 == 6


def test_refused_documents_are_named_but_not_shown(stub: Stub) -> None:
    stub.answers = [items(200, *["strict_dynamic_mapping_exception"] * 7)]
    with Engine(stub.url, "7").client() as client, pytest.raises(Unavailable) as raised:
        write(client, "cases", [plain(f"c{number}", b"{}") for number in range(8)])
    assert "c1 (strict_dynamic_mapping_exception), c2" in str(raised.value)
    assert "and 2 more" in str(raised.value)
    assert "c0" not in str(raised.value)
    assert SECRET not in str(raised.value)


def test_an_alias_that_is_gone_takes_nothing(stub: Stub) -> None:
    stub.answers = [items(404)]
    with Engine(stub.url, "7").client() as client:
        assert write(client, "cases", [removed("c1")], alias=True) == frozenset()
    assert "require_alias=true" in stub.asked[0][0]


def test_bulks_have_a_size(stub: Stub) -> None:
    stub.answers = [items(*[200] * CHUNK), items(200, 200), items(200)]
    rows = [plain(f"c{number}", b'"' + b"x" * (3_000_000 if number > CHUNK else 1) + b'"') for number in range(CHUNK + 3)]
    with Engine(stub.url, "7").client() as client:
        write(client, "cases", rows)
    assert [body.count(b"_id") for _, _, body in stub.asked] == [CHUNK, 2, 1]
