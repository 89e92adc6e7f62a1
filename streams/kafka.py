"""Kafka through kafka-python: the publisher of the relay, and the making and checking of topics."""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaConfigurationError, KafkaError, KafkaTimeoutError, MessageSizeTooLargeError, TopicAlreadyExistsError

from streams.ports import Publisher, Record
from streams.topics import Topic
from triage.domain.errors import TipstreamError, Unavailable

SEND_SECONDS = 60.0
"""How long a batch may take until every record is acknowledged. The relay tries again after that, so it may be generous."""

BATCH_BYTES = 262_144
"""What is gathered for a partition before it is sent; larger than usual, because the relay sends thousands of records at once."""

REACH_SECONDS = 5.0
"""How long to look for the brokers, or for a topic, before saying that they are away."""


class NotInstalled(TipstreamError):
    """The installation lacks something without which Kafka would work badly or not at all."""


@dataclass(frozen=True, slots=True)
class Brokers:
    """Where the brokers are and how to sign in; ``prefix`` stands before every topic and group."""

    bootstrap: str
    prefix: str = ""
    replication: int = 3
    ca_file: str = ""
    username: str = ""
    password_file: str = ""

    def options(self) -> dict[str, Any]:
        """What every client of kafka-python is given. Raises ``NotInstalled``, ``Unavailable``."""
        if importlib.util.find_spec("crc32c") is None:  # without it checksums are computed in Python: 5 times slower to send, 12 to read
            raise NotInstalled("the package crc32c is missing, without which Kafka is many times slower. Install kafka-python[crc32c]")
        options: dict[str, Any] = {
            "bootstrap_servers": [address.strip() for address in self.bootstrap.split(",")],
            "bootstrap_timeout_ms": int(REACH_SECONDS * 1000),
            "reconnect_backoff_max_ms": 1000,
            "security_protocol": self.security,
        }
        if self.ca_file:
            options["ssl_cafile"] = self.ca_file
        if self.username:
            options |= {"sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": self.username, "sasl_plain_password": self.password}
        return options

    def reach(self) -> None:
        """Return if any of the brokers takes a connection. Raises ``Unavailable`` at once where a client would wait and leak a socket."""
        for address in self.bootstrap.split(","):
            host, _, port = address.strip().rpartition(":")
            try:
                with socket.create_connection((host.strip("[]"), int(port)), REACH_SECONDS):
                    return
            except ValueError:
                raise TipstreamError("TIPSTREAM_KAFKA_BOOTSTRAP must be host:port, several separated by commas") from None
            except OSError:
                continue
        raise Unavailable(
            "no Kafka broker can be reached now. Look whether they run and TIPSTREAM_KAFKA_BOOTSTRAP is right; it is tried again."
        )

    @property
    def security(self) -> str:
        """Kafka's name for the combination of encryption and signing in."""
        return ("SASL_" if self.username else "") + ("SSL" if self.ca_file else "PLAINTEXT")

    @property
    def password(self) -> str:
        """The password from its file. Raises ``Unavailable``."""
        try:
            return Path(self.password_file).read_text("utf8").strip()
        except OSError as error:
            raise Unavailable(
                f"the password of the brokers cannot be read ({error.strerror}). Mend TIPSTREAM_KAFKA_PASSWORD_FILE or the file."
            ) from None


class KafkaPublisher(Publisher):
    """Sends with an idempotent producer, acknowledged by all replicas in step. For one thread. Close it, or use it in a ``with``.

    After any failure the producer is thrown away and the next ``publish`` begins with a new one, so that nothing of a failed batch is still
    on its way when the batch is sent again.
    """

    def __init__(self, brokers: Brokers) -> None:
        self._brokers = brokers
        self._options = brokers.options()
        self._producer: KafkaProducer | None = None

    def publish(self, records: Sequence[Record]) -> None:
        with kafka_errors("take the events"):
            try:
                self._send(records)
            except BaseException:
                self._abandon()
                raise

    def _send(self, records: Sequence[Record]) -> None:
        producer = self._open()
        prefix, known = self._brokers.prefix, set()
        futures = []
        for record in records:
            topic = prefix + record.topic
            if topic not in known:
                self._require(producer, topic)
                known.add(topic)
            futures.append(producer.send(topic, value=record.value, key=record.key, headers=list(record.headers)))
        producer.flush(SEND_SECONDS)
        for future in futures:
            if not future.succeeded():
                future.get(SEND_SECONDS)  # raises what went wrong

    def _require(self, producer: KafkaProducer, topic: str) -> None:
        try:
            found = producer.partitions_for(topic)
        except KafkaTimeoutError:
            found = None
        if not found:
            raise Unavailable(
                f"the Kafka brokers tell nothing about the topic {topic}. Look whether they run; make the topics with `tipstream topics`."
            )

    def _open(self) -> KafkaProducer:
        if self._producer is None:
            self._brokers.reach()
            self._producer = KafkaProducer(
                **self._options,
                enable_idempotence=True,
                acks="all",
                linger_ms=5,
                batch_size=BATCH_BYTES,
                max_block_ms=int(REACH_SECONDS * 1000),
                delivery_timeout_ms=int(SEND_SECONDS * 1000),
                request_timeout_ms=int(SEND_SECONDS * 500),
                allow_auto_create_topics=False,
            )
        return self._producer

    def _abandon(self) -> None:
        if self._producer is not None:
            self._producer.close(timeout=0)
            self._producer = None

    def close(self) -> None:
        """Let go of the connections."""
        if self._producer is not None:
            self._producer.close(timeout=REACH_SECONDS)
            self._producer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class TopicAdmin:
    """Makes and checks the topics of ``streams.topics``. Use it in a ``with``."""

    def __init__(self, brokers: Brokers) -> None:
        self._brokers = brokers
        brokers.reach()
        with kafka_errors("be reached"):
            self._admin = KafkaAdminClient(**brokers.options())

    def create(self, topics: Mapping[str, Topic]) -> list[str]:
        """Make the topics that are not there yet; return their names. Raises ``Unavailable``."""
        made = []
        with kafka_errors("make the topics"):
            there = set(self._admin.list_topics())
            for name, topic in topics.items():
                full = self._brokers.prefix + name
                if full in there:
                    continue
                wanted = {"num_partitions": topic.partitions, "replication_factor": self._brokers.replication, "configs": topic.configs}
                try:
                    self._admin.create_topics({full: wanted}, wait_for_metadata=True)
                except TopicAlreadyExistsError:  # another process was quicker
                    continue
                made.append(full)
        return made

    def problems(self, topics: Mapping[str, Topic]) -> list[str]:
        """In what the topics differ from the table, each with what to do; empty if in nothing. Raises ``Unavailable``."""
        with kafka_errors("tell about the topics"):
            there = set(self._admin.list_topics())
            names = {self._brokers.prefix + name: topic for name, topic in topics.items()}
            found = [f"topic {name} is missing; make it with `tipstream topics`" for name in names if name not in there]
            present = {name: topic for name, topic in names.items() if name in there}
            return found + list(self._differences(present))

    def brokers(self) -> int:
        """How many brokers the cluster has now. Raises ``Unavailable``."""
        with kafka_errors("tell about the cluster"):
            return len(self._admin.describe_cluster()["brokers"])

    def _differences(self, topics: Mapping[str, Topic]) -> Iterator[str]:
        if not topics:
            return
        partitions = {each["name"]: len(each["partitions"]) for each in self._admin.describe_topics(list(topics))}
        asked = [ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(topic.configs)) for name, topic in topics.items()]
        values = self._admin.describe_configs(asked, config_filter="all")
        of_topic: Mapping[str, Any] = values.get("topic", {})
        for name, topic in topics.items():
            if (there := partitions.get(name, 0)) < topic.partitions:
                yield f"topic {name} has {there} partitions, the table says {topic.partitions}; add some with Kafka's own tools"
            for key, value in topic.configs.items():
                now = _value(of_topic.get(name, {}).get(key))
                if now != value and sorted(now.split(",")) != sorted(value.split(",")):
                    yield f"topic {name} has {key}={now}, the table says {value}; change it with Kafka's own tools"

    def close(self) -> None:
        """Let go of the connections."""
        self._admin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _value(config: Any) -> str:
    return str(config.get("value") if isinstance(config, Mapping) else config)


@contextmanager
def kafka_errors(what: str) -> Iterator[None]:
    """Turn what kafka-python raises into ours; no text of a record is in it."""
    try:
        yield
    except MessageSizeTooLargeError as error:
        raise TipstreamError("a record is larger than a topic takes (1 MiB)") from error
    except KafkaConfigurationError as error:
        raise TipstreamError(f"the settings for Kafka do not fit: {error}") from error
    except KafkaError as error:
        raise Unavailable(
            f"the Kafka brokers cannot {what} now ({type(error).__name__}). Look whether they run and can be reached; it is tried again."
        ) from error
