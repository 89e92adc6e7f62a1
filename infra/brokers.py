"""Kafka as the settings name it, and the topics that this installation needs."""

from __future__ import annotations

from infra.app import Core
from infra.settings import Settings, SettingsError
from streams.direct import DeadLetterTopic
from streams.kafka import Brokers, TopicAdmin
from streams.topics import Topic, named


def make_brokers(settings: Settings) -> Brokers:
    """The brokers that the settings name. Raises ``SettingsError`` if they name none."""
    if not settings.kafka_bootstrap:
        raise SettingsError(
            "no Kafka brokers are set. Set TIPSTREAM_KAFKA_BOOTSTRAP, or leave the relay out: the worker then reads the log"
        )
    return Brokers(
        bootstrap=settings.kafka_bootstrap,
        prefix=settings.kafka_prefix,
        replication=settings.kafka_replication,
        ca_file=settings.kafka_ca_file,
        username=settings.kafka_username,
        password_file=settings.kafka_password_file,
    )


def wanted_topics(core: Core) -> dict[str, Topic]:
    """The topics of this installation by name: those of the policy's desks, and the others."""
    return named(core.policy.desks)


def make_topics(core: Core) -> tuple[list[str], list[str]]:
    """Make the topics that are missing; return their names, and in what the others differ from the table."""
    topics = wanted_topics(core)
    with TopicAdmin(make_brokers(core.settings)) as admin:
        return admin.create(topics), admin.problems(topics)


def open_letters_on_topic(core: Core) -> int:
    """How many dead letters wait on the topic."""
    return DeadLetterTopic(make_brokers(core.settings)).count_open()
