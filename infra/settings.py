"""Every setting of the product: one frozen class, read once from the environment; the reference page is generated from it.

Unset engines mean the embedded ones in the data directory. An unknown ``TIPSTREAM_*`` variable is an error, so that a
misspelt setting is never silently ignored.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from triage.domain.errors import TipstreamError

PREFIX = "TIPSTREAM_"


class SettingsError(TipstreamError):
    """A setting is unknown or does not fit; names the variable and what to write."""


def _setting(default: Any, sentence: str) -> Any:
    return field(default=default, metadata={"sentence": sentence})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings. The variable of a field is ``TIPSTREAM_`` and its name in capitals."""

    data: Path = _setting(Path("data"), "The data directory: database, search index, keys, policy.")
    database_url: str = _setting("", "Where tips are stored; empty for SQLite in the data directory.")
    policy_dir: str = _setting("", "The folder of the policy files; empty for `policy` in the data directory.")
    model_dir: str = _setting("", "The folder of the trained model; empty for the one that comes with the product.")
    host: str = _setting("127.0.0.1", "The address that the web process listens on.")
    port: int = _setting(8080, "The port that the web process listens on; 0 picks a free one.")
    public_url: str = _setting("", "The address under which people reach the product; empty for what the web process listens on.")
    trusted_proxy: str = _setting("", "The address of the TLS proxy in front, whose X-Forwarded-For is believed; empty for none.")
    secure_cookies: bool = _setting(False, "Send the session cookie over HTTPS only; set it wherever TLS ends before the product.")
    log_level: str = _setting("info", "How much is logged: debug, info, warning or error.")
    batch: int = _setting(64, "How many events a worker takes at once.")
    second_reader: int = _setting(
        8, "The second reader reads where at most so many tips wait together, so that it never holds up a queue; 0 leaves it out."
    )
    tries: int = _setting(3, "How often a worker tries an event before it is set aside as a dead letter.")
    dead_letter_limit: int = _setting(
        20, "How many open dead letters stop the line, because then something is wrong with us, not with a tip."
    )
    poll_ms: int = _setting(50, "How long a worker waits, in milliseconds, before it looks again into an empty log.")
    seal_ms: int = _setting(300, "How long the audit sealer waits, in milliseconds, between two looks.")
    index_ms: int = _setting(300, "How long the indexer gathers changes, in milliseconds, before it commits them.")
    kafka_bootstrap: str = _setting("", "The Kafka brokers, host:port separated by commas; empty for the events table alone.")
    kafka_prefix: str = _setting(
        "", "Put before the names of topics and consumer groups, so that several installations can share a cluster."
    )
    kafka_replication: int = _setting(3, "How many brokers hold each topic; 1 where there is a single broker.")
    kafka_ca_file: str = _setting("", "The certificate authority of the brokers; with it the connection is encrypted (TLS).")
    kafka_username: str = _setting("", "The name to sign in to the brokers with (SCRAM-SHA-512); empty for none.")
    kafka_password_file: str = _setting("", "The file that holds the password to sign in to the brokers with.")
    elasticsearch_url: str = _setting(
        "", "The search engine, e.g. https://search:9200; empty for the embedded index in the data directory."
    )
    elasticsearch_compat: str = _setting("", "What answers there: empty for Elasticsearch 9, else 8, 7 or opensearch.")
    elasticsearch_prefix: str = _setting("tipstream", "What the names of indices and aliases begin with.")
    elasticsearch_ca_file: str = _setting("", "The certificate authority of the search engine; empty for those of the machine.")
    elasticsearch_api_key_file: str = _setting("", "The file that holds the API key for the search engine; empty for none.")
    health_host: str = _setting("127.0.0.1", "The address on which every process answers health checks and serves metrics.")
    health_port: int = _setting(
        0,
        "The port for that; 0 picks a free one, which the log names. `tipstream serve` gives web, worker, clocks and relay this one and "
        "those after it.",
    )
    trace_endpoint: str = _setting("", "Where traces are sent (OTLP over HTTP); empty for nowhere. Needs the extra `telemetry`.")
    tips_a_day: int = _setting(100_000, "How many tips a partner may send in a day (UTC) whose agreement names no number.")
    import_mb: int = _setting(50, "The largest file, in MB, that a partner's staff may import over their pages.")
    webhook_ca_file: str = _setting("", "The certificate authority of partners' webhooks; empty for those of the machine.")
    webhook_allow_private: bool = _setting(
        False, "Let partners' webhooks lead to private addresses too; for tests on one machine alone, never where partners set addresses."
    )
    alert_webhook: str = _setting("", "An address that gets a POST for each alert (ids and levels only); empty for the log alone.")
    translate_url: str = _setting(
        "",
        "A translation service of your own that speaks the LibreTranslate API, https or on this machine; empty for none, and then no page "
        "offers it.",
    )
    smtp_host: str = _setting("", "The mail server for messages to people who should look at a tip; empty for the log alone.")
    smtp_port: int = _setting(587, "The mail server's port.")
    smtp_from: str = _setting("", "The sender of these messages, an e-mail address.")
    smtp_username: str = _setting("", "The name to sign in to the mail server with; empty for none.")
    smtp_password_file: str = _setting("", "The file that holds the password to sign in to the mail server with.")
    smtp_ca_file: str = _setting("", "The certificate authority of the mail server; empty for those of the machine.")
    smtp_plain: bool = _setting(False, "Send mail without encryption; only for a mail server on this machine.")
    pager_webhook: str = _setting(
        "", "An address that gets a POST with `to`, `subject`, `text` and `address` (JSON) for each page; empty for the log alone."
    )
    pager_token_file: str = _setting("", "The file that holds the bearer token for it; empty for none.")

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{(self.data / 'tipstream.db').absolute()}"

    @property
    def policy(self) -> Path:
        """The policy folder."""
        return Path(self.policy_dir) if self.policy_dir else self.data / "policy"

    @property
    def index(self) -> Path:
        """The embedded index's folder."""
        return self.data / "index"

    @property
    def keys(self) -> Path:
        """The folder of the key files."""
        return self.data / "keys"

    @property
    def model(self) -> Path | None:
        """The model's folder; None for the packaged one."""
        return Path(self.model_dir) if self.model_dir else None


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def read_settings(environment: Mapping[str, str], **given: Any) -> Settings:
    """Settings from an environment; ``given`` (from the command line) wins. Raises ``SettingsError``."""
    known = {variable(f.name): f for f in fields(Settings)}
    values: dict[str, Any] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise SettingsError(f"{name} is no setting; " + (f"did you mean {near[0]}?" if near else "see docs/reference/settings.md"))
        values[known[name].name] = _value(known[name], name, text)
    values.update({name: value for name, value in given.items() if value is not None})
    return Settings(**values)


def from_environment(**given: Any) -> Settings:
    """Settings from this process's environment: the only place that reads it."""
    return read_settings(os.environ, **given)


def _value(setting: Field[Any], name: str, text: str) -> Any:
    kind: type[Any] = type(setting.default)
    if kind is bool:
        if text.lower() not in ("true", "false", "1", "0"):
            raise SettingsError(f"{name} must be true or false")
        return text.lower() in ("true", "1")
    if kind is int:
        if not text.isdigit():
            raise SettingsError(f"{name} must be a whole number, 0 or more")
        return int(text)
    return kind(text)


def reference() -> str:
    """The settings as the Markdown page ``docs/reference/settings.md``."""
    rows = [
        f"| `{variable(f.name)}` | {f'`{f.default}`' if f.default not in ('', None) else '(empty)'} | {f.metadata['sentence']} |"
        for f in fields(Settings)
    ]
    head = ["# Settings", "", "Generated from `infra/settings.py`; `make docs` writes it anew.", ""]
    return "\n".join([*head, "| variable | default | what it is |", "|---|---|---|", *rows, ""])


def child_environment(settings: Settings) -> dict[str, str]:
    """This process's environment for a child that must run with exactly these settings."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        if value not in ("", None):
            environment[variable(setting.name)] = str(value).lower() if isinstance(value, bool) else str(value)
    return environment
