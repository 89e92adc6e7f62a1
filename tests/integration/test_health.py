"""Each process answers health checks and tells its metrics, on a port of its own and not on the one that the public reaches."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.app import open_core
from infra.health import CONTENT_TYPE, Check, health_server
from infra.prepare import prepare
from infra.settings import Settings, SettingsError, read_settings
from infra.web import make_application
from streams import metrics
from streams.metrics import Meter
from tests.intake import Client
from triage.domain.errors import Unavailable

SECRET = "she hides in room 212"


@contextmanager
def client(meter: Meter | None = None, ready: Check = lambda: None, port: int = 0) -> Iterator[httpx.Client]:
    with (
        health_server(Settings(health_port=port), "worker", meter or Meter(), ready) as address,
        httpx.Client(base_url=address, timeout=10, trust_env=False) as http,
    ):
        yield http


def away() -> None:
    raise Unavailable("the database cannot be reached")


def broken() -> None:
    raise KeyError(SECRET)


def test_a_process_lives_and_is_ready() -> None:
    with client() as http:
        assert (http.get("/health/live").status_code, http.get("/health/live").json()) == (200, {"status": "live"})
        assert (http.get("/health/ready").status_code, http.get("/health/ready").json()) == (200, {"status": "ready"})


def test_a_process_whose_store_is_away_lives_and_says_why_it_is_not_ready() -> None:
    with client(ready=away) as http:
        assert http.get("/health/live").status_code == 200
        answer = http.get("/health/ready")
        assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "reason": "the database cannot be reached"})


def test_metrics_are_told_in_the_format_of_prometheus() -> None:
    meter = Meter()
    meter.add(metrics.ACCEPTED, 3)
    with client(meter) as http:
        answer = http.get("/metrics?name[]=ignored")
        assert answer.headers["content-type"] == CONTENT_TYPE
        samples = [each for family in text_string_to_metric_families(answer.text) for each in family.samples]
        assert ("tipstream_accepted_total", 3.0) in [(each.name, each.value) for each in samples]


@pytest.mark.parametrize("path", ["/", "/health", "/metrics/", "/desk", "/api/v1/tips"])
def test_nothing_else_is_there(path: str) -> None:
    with client() as http:
        assert http.get(path).status_code == 404


def test_nothing_can_be_sent_to_it() -> None:
    with client() as http:
        assert http.post("/metrics", content=b"x").status_code == 501


def test_a_check_that_fails_otherwise_is_noted_without_its_text_and_the_next_is_answered(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with client(ready=broken) as http:
        with pytest.raises(httpx.TransportError):
            http.get("/health/ready")
        assert http.get("/health/live").status_code == 200
    noted = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.msg for record in noted] == ["a health check or a look at the metrics failed"]
    assert SECRET not in capfd.readouterr().err


def test_the_log_names_the_port(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "infra.health"), client() as http:
        port = http.base_url.port
    assert [(record.msg, record.service, record.port) for record in caplog.records] == [("health and metrics", "worker", port)]  # type: ignore[attr-defined]


def test_a_port_that_is_taken_is_named_with_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(SettingsError, match=rf"127\.0\.0\.1:{port} \(Address already in use\)\. Set TIPSTREAM_HEALTH_PORT"),
            client(port=port),
        ):
            pass


def test_a_port_that_is_none_is_named_with_the_setting() -> None:
    with pytest.raises(SettingsError, match="a port is a number up to 65535"), client(port=70_000):
        pass


def test_the_port_is_free_again_afterwards() -> None:
    with client() as http:
        port = http.base_url.port
        assert port
    with client(port=port) as http:
        assert http.get("/health/live").status_code == 200


def test_the_public_port_tells_no_metrics(tmp_path: Path) -> None:
    settings = read_settings({"TIPSTREAM_DATA": str(tmp_path / "data")})
    prepare(settings)
    with open_core(settings) as core:
        public = Client(make_application(core))
        with health_server(settings, "web", core.meter, core.events.end) as address:
            assert httpx.get(f"{address}/metrics", trust_env=False).status_code == 200
            assert httpx.get(f"{address}/health/ready", trust_env=False).status_code == 200
            assert httpx.get(f"{address}/r/public", trust_env=False).status_code == 404
        for path in ("/metrics", "/health/metrics", "/api/v1/metrics", "/desk/metrics"):
            answer = public.get(path)
            assert answer.status_code in (303, 404)
            assert "tipstream_" not in answer.text
