"""The doctor finds each thing that is not well, says what to do about it, and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.brokers import make_brokers
from infra.doctor import Finding, State, examine
from infra.prepare import prepare
from infra.settings import Settings, child_environment, read_settings
from infra.storage.database import open_database
from infra.storage.dead_letters import SqlDeadLetters
from infra.storage.migrate import downgrade
from infra.storage.unit_of_work import SqlStorage
from streams.kafka import KafkaPublisher, TopicAdmin
from streams.ports import DeadLetter, Logged, Record
from streams.topics import Topic, named
from tests.builders import NOON, a_tip, example_policy, received
from tests.contract.samples import a_case
from tests.services.servers import Server


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory as ``tipstream init`` makes it."""
    data = tmp_path_factory.mktemp("prepared") / "data"
    prepare(Settings(data=data))
    return data


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    """Settings for a data directory of the test's own. There is no model in it: loading the real one takes seconds."""
    data = tmp_path / "data"
    shutil.copytree(prepared, data)
    data.chmod(0o700)
    return read_settings({"TIPSTREAM_DATA": str(data), "TIPSTREAM_MODEL_DIR": str(tmp_path / "no-model")})


def found(settings: Settings) -> list[Finding]:
    """Everything that is found but the model, which these settings lack on purpose."""
    return [finding for finding in examine(settings) if finding.about != "model"]


def ill(settings: Settings) -> list[tuple[str, State, str]]:
    return [(each.about, each.state, each.words) for each in found(settings) if each.state is not State.WELL]


def test_a_prepared_directory_is_well(settings: Settings) -> None:
    assert ill(settings) == []
    assert [finding.about for finding in found(settings)] == [
        "data directory", "disk", "keys", "policy", "database", "libraries", "search index",
    ]  # fmt: skip


def test_nothing_is_changed(settings: Settings) -> None:
    def state() -> dict[str, tuple[int, bytes]]:
        files = [path for path in settings.data.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
        return {str(path): (path.stat().st_mode, path.read_bytes()) for path in files}

    (settings.policy / "desks.yaml").write_text(f"{(settings.policy / 'desks.yaml').read_text('utf8')}\n# another version\n", "utf8")
    before = state()
    assert ill(settings) == []
    assert state() == before


def test_a_directory_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", model_dir=str(tmp_path))
    failed = {each.about: each.words for each in examine(settings) if each.state is State.FAILED}
    assert "Run `tipstream init`" in failed["data directory"]
    assert "Run `tipstream init`" in failed["policy"]
    assert "Run `tipstream init`" in failed["database"]
    assert "Run `tipstream init`" in failed["search index"]
    assert not settings.data.exists()


def test_a_database_that_is_not_there_is_not_made(settings: Settings) -> None:
    (settings.data / "tipstream.db").unlink()
    assert {about for about, state, _ in ill(settings) if state is State.FAILED} == {"database", "search index"}
    assert not (settings.data / "tipstream.db").exists()


def test_rights_that_others_have_are_found(settings: Settings) -> None:
    settings.data.chmod(0o755)
    (settings.keys / "contacts.key").chmod(0o640)
    assert ill(settings) == [
        ("data directory", State.WARNING, f"others can look into {settings.data}. Take that right away: chmod o-rwx"),
        ("keys", State.FAILED, f"{settings.keys}/contacts.key can be read by other users. Run: chmod 600 {settings.keys}/contacts.key"),
    ]


def test_a_key_that_is_missing_is_found_and_not_made(settings: Settings) -> None:
    (settings.keys / "receipts.key").unlink()
    [(about, state, words)] = ill(settings)
    assert (about, state) == ("keys", State.FAILED)
    assert "receipts.key is missing. Restore it from the backup" in words
    assert not (settings.keys / "receipts.key").exists()


def test_the_files_of_passwords_are_looked_at_too(settings: Settings, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("secret")
    password.chmod(0o644)
    assert [about for about, _, words in ill(replace(settings, elasticsearch_api_key_file=str(password))) if str(password) in words] == [
        "keys"
    ]


@pytest.mark.parametrize("right", [os.W_OK, os.R_OK])
def test_rights_that_we_lack_are_found(settings: Settings, monkeypatch: pytest.MonkeyPatch, right: int) -> None:
    monkeypatch.setattr("infra.doctor.os.access", lambda path, asked: asked != right)
    wanted = "may not be written. Give this user the right to write it" if right == os.W_OK else "may not be read. Give this user"
    assert any(wanted in words and state is State.FAILED for _, state, words in ill(settings))


def test_a_disk_that_is_nearly_full_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")  # the library's own is one
    monkeypatch.setattr("infra.doctor.shutil.disk_usage", lambda _: usage(10**12, 10**12, 10**9))
    assert ill(settings) == [("disk", State.WARNING, "1.0 GB free. Make room: a full disk refuses tips")]


def test_a_policy_that_cannot_be_followed_is_found_with_its_line(settings: Settings) -> None:
    (settings.policy / "desks.yaml").write_text("desks:\n  - 7\n", "utf8")
    [(about, state, words)] = ill(settings)
    assert (about, state) == ("policy", State.FAILED)
    assert words.startswith("desks.yaml:")


def test_a_policy_that_cannot_be_read_is_found(settings: Settings) -> None:
    (settings.policy / "desks.yaml").unlink()
    (settings.policy / "desks.yaml").symlink_to(settings.policy / "desks.yaml")  # leads to itself: nobody can open it
    [(about, state, words)] = ill(settings)
    assert (about, state) == ("policy", State.FAILED)
    assert "cannot be used" in words


def test_an_older_schema_is_found(settings: Settings) -> None:
    downgrade(settings.database, "0001")
    assert ("database", State.FAILED, "its schema is 0001, this release needs 0004. Run `tipstream migrate`") in ill(settings)


@pytest.mark.parametrize("url", ["mysql://there/tips", "postgresql://nobody@127.0.0.1:1/tips"])
def test_a_database_out_of_reach_is_found(settings: Settings, url: str) -> None:
    failed = {about for about, state, _ in ill(replace(settings, database_url=url)) if state is State.FAILED}
    assert failed == {"database", "search index"}


def test_open_dead_letters_are_found(settings: Settings) -> None:
    with open_database(settings.database) as database:
        SqlDeadLetters(database).add(DeadLetter("dead_1", "decide", Logged(1, received(a_tip())), "KeyError", 3, NOON))
    [(about, state, words)] = ill(settings)
    assert (about, state) == ("dead letters", State.WARNING)
    assert words.startswith("1 are open.")


def test_cases_that_the_index_lacks_are_found(settings: Settings) -> None:
    with open_database(settings.database) as database, SqlStorage(database).writing() as uow:
        uow.tips.add(a_tip())
        uow.cases.add(a_case(tips=(a_tip().id,)))
    assert ill(settings) == [
        ("search index", State.WARNING, "0 of 1 cases. If no worker is catching up, run `tipstream reindex`"),
    ]


def test_an_engine_for_searching_that_is_away_is_found(settings: Settings) -> None:
    [(about, state, _)] = ill(replace(settings, elasticsearch_url="http://127.0.0.1:1"))
    assert (about, state) == ("search index", State.FAILED)


def test_a_library_that_makes_it_fast_is_missed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.doctor.NEEDED", {"a_library_of_tomorrow": "everything is slower"})
    assert ill(settings) == [("libraries", State.WARNING, "a_library_of_tomorrow is missing: everything is slower. Install it")]


def test_a_model_that_cannot_be_loaded_is_found(settings: Settings) -> None:
    [model] = [finding for finding in examine(settings) if finding.about == "model"]
    assert model.state is State.FAILED
    assert "no-model" in model.words
    assert model.words.endswith("Until then tips are read by rules alone")


@pytest.mark.parametrize(
    ("endpoint", "needed", "words"),
    [
        ("collector:4318", (), "TIPSTREAM_TRACE_ENDPOINT must be an http or https address"),
        ("http://collector:4318/v1/traces", ("a_library.of.tomorrow",), "the extra `telemetry` is missing"),
    ],
)
def test_traces_that_cannot_be_sent_are_found(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, endpoint: str, needed: tuple[str, ...], words: str
) -> None:
    monkeypatch.setattr("infra.telemetry._NEEDED", needed)
    [(about, state, said)] = ill(replace(settings, trace_endpoint=endpoint))
    assert (about, state) == ("traces", State.FAILED)
    assert words in said


def test_brokers_that_are_away_are_found(settings: Settings) -> None:
    away = replace(settings, kafka_bootstrap="127.0.0.1:1")
    assert [(about, state) for about, state, _ in ill(away)] == [
        ("kafka", State.FAILED), ("search index", State.WARNING), ("database", State.WARNING),
    ]  # fmt: skip


@pytest.fixture
def on_kafka(settings: Settings, kafka_server: Server) -> Settings:
    """The same on a real broker, under a prefix of the test's own."""
    bootstrap = str(kafka_server.info["bootstrap"])
    return replace(settings, kafka_bootstrap=bootstrap, kafka_prefix=f"d{uuid4().hex[:8]}.", kafka_replication=1)


def of_kafka(settings: Settings) -> list[tuple[State, str]]:
    return [(finding.state, finding.words) for finding in found(settings) if finding.about in ("kafka", "dead letters")]


def wanted() -> dict[str, Topic]:
    return named(example_policy().desks)


def test_topics_that_are_missing_are_found_one_by_one(on_kafka: Settings) -> None:
    assert of_kafka(on_kafka) == [
        (State.FAILED, f"topic {on_kafka.kafka_prefix}{name} is missing; make it with `tipstream topics`") for name in wanted()
    ]


def test_dead_letters_and_too_few_brokers_are_found(on_kafka: Settings) -> None:
    with TopicAdmin(make_brokers(on_kafka)) as admin:
        assert len(admin.create(wanted())) == len(wanted())
        assert of_kafka(on_kafka) == [(State.WELL, "1 brokers, all topics as they should be")]
        with KafkaPublisher(make_brokers(on_kafka)) as publisher:
            publisher.publish([Record("dead-letters", b"key", b"value", ())])
        assert of_kafka(on_kafka)[0] == (
            State.WARNING, "1 are open. Look at them with `tipstream dead-letters`, then `tipstream replay`",
        )  # fmt: skip
        assert (State.WARNING, "1 brokers, but topics ask for 3 copies") in of_kafka(replace(on_kafka, kafka_replication=3))


def test_the_command_says_so_and_fails(settings: Settings) -> None:
    (settings.keys / "server.key").chmod(0o644)
    command = [sys.executable, "-m", "infra.cli", "doctor", "--json"]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=child_environment(settings))
    told: list[dict[str, Any]] = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert {row["about"] for row in told if row["state"] == "failed"} == {"keys", "model"}


def test_webhooks_that_may_reach_inside_are_warned_of(settings: Settings) -> None:
    (found,) = (each for each in ill(replace(settings, webhook_allow_private=True)) if each[0] == "webhooks")
    assert found[1] is State.WARNING
    assert "TIPSTREAM_WEBHOOK_ALLOW_PRIVATE" in found[2]
    assert all(each[0] != "webhooks" for each in ill(settings))
