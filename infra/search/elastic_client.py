"""The search engine's client: which dialect it speaks, how it signs in, how often it tries, and what its errors mean for us.

The client is of Elasticsearch 9, which older servers and OpenSearch refuse to talk to by two headers alone. A node class per dialect
rewrites them; everything else that this product asks is the same for all.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from elastic_transport import BaseNode, HttpHeaders, TlsError, TransportError, Urllib3HttpNode
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from infra.settings import SettingsError
from triage.domain.errors import Unavailable

REQUEST_SECONDS = 20.0
"""How long one request may take. A bulk of a megabyte on a busy engine takes some seconds; a search some milliseconds."""

_TRIES = 4
_RETRIED = (429, 502, 503, 504)
_PLAIN, _NAMED = "application/vnd.elasticsearch+", "X-Elastic-Product"
_KEEP_ALIVE = "1m"


class _Node(Urllib3HttpNode):
    """Talks to Elasticsearch 9. Warnings of the server are for its keeper's log, not for every process that asks it something."""

    def perform_request(
        self, method: str, target: str, body: bytes | None = None, headers: HttpHeaders | None = None, request_timeout: Any = DEFAULT
    ) -> Any:
        asked = HttpHeaders(headers or {})
        for name in ("accept", "content-type"):
            if name in asked:
                asked[name] = self.media_type(asked[name])
        response = super().perform_request(method, target, body, asked, request_timeout)
        received = HttpHeaders({name: value for name, value in response.meta.headers.items() if name.lower() != "warning"})
        return response._replace(meta=replace(response.meta, headers=self.named(received)))

    def media_type(self, asked: str) -> str:
        """What to ask for in place of the client's own media type."""
        return asked

    def named(self, headers: HttpHeaders) -> HttpHeaders:
        """The answer's headers, with the name of the product that the client insists on."""
        return headers


class _Node8(_Node):
    """Talks to Elasticsearch 8, which refuses ``compatible-with=9``."""

    def media_type(self, asked: str) -> str:
        return asked.replace("compatible-with=9", "compatible-with=8")


class _PlainNode(_Node):
    """Talks to Elasticsearch 7 and OpenSearch, which know plain JSON and do not, or not always, name themselves."""

    def media_type(self, asked: str) -> str:
        return asked.replace(_PLAIN, "application/").partition(";")[0]

    def named(self, headers: HttpHeaders) -> HttpHeaders:
        return HttpHeaders({**headers, _NAMED: "Elasticsearch"})


NODES: Mapping[str, type[BaseNode]] = MappingProxyType({"": _Node, "8": _Node8, "7": _PlainNode, "opensearch": _PlainNode})
"""The node class of each value of ``TIPSTREAM_ELASTICSEARCH_COMPAT``."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Where the search engine is (several addresses separated by commas), what answers there, how to sign in, what names begin with."""

    url: str
    compat: str = ""
    prefix: str = "tipstream"
    ca_file: str = ""
    api_key_file: str = ""

    def client(self, **options: Any) -> Elasticsearch:
        """A client, safe for several threads; ``options`` are the client's own. Connects to nothing yet.

        Raises ``SettingsError`` for a setting that cannot be used, ``Unavailable`` for a file that cannot be read.
        """
        if self.compat not in NODES:
            raise SettingsError("TIPSTREAM_ELASTICSEARCH_COMPAT must be empty, 8, 7 or opensearch")
        urls = [url.strip() for url in self.url.split(",")]
        given: dict[str, Any] = {
            "node_class": NODES[self.compat],
            "request_timeout": REQUEST_SECONDS,
            "max_retries": _TRIES - 1,
            "retry_on_timeout": True,
            "retry_on_status": _RETRIED,
            "retry_backoff_base": 0.1,
            "retry_backoff_cap": 5.0,
        }
        if any(url.startswith("https:") for url in urls):
            given["ssl_context"] = self._trust()
        if self.api_key_file:
            given["api_key"] = self._api_key()
        try:
            return Elasticsearch([_with_port(url) for url in urls], **{**given, **options})
        except ValueError:
            raise SettingsError("TIPSTREAM_ELASTICSEARCH_URL must be like https://search:9200") from None

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file or None)
        except OSError:
            raise Unavailable("the search engine's certificate authority cannot be read. Mend TIPSTREAM_ELASTICSEARCH_CA_FILE.") from None

    def _api_key(self) -> str:
        try:
            return Path(self.api_key_file).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise Unavailable(
                "the API key of the search engine cannot be read. Mend TIPSTREAM_ELASTICSEARCH_API_KEY_FILE or the file."
            ) from None


@contextmanager
def engine_answers(what: str) -> Iterator[None]:
    """Turn what the client raises while ``what`` is done into ours.

    The engine's own words are left out, because they can repeat what was indexed or asked.
    """
    try:
        yield
    except UnsupportedProductError:
        raise Unavailable(f"{what}: no Elasticsearch answers there. Set TIPSTREAM_ELASTICSEARCH_COMPAT to what does.") from None
    except ApiError as error:
        raise Unavailable(f"{what}: the search engine answered {error.meta.status} ({error_type(error)}). {_advice(error)}") from None
    except TlsError:
        raise Unavailable(
            f"{what}: the search engine's certificate is not trusted. Set TIPSTREAM_ELASTICSEARCH_CA_FILE to its authority."
        ) from None
    except TransportError as error:
        raise Unavailable(
            f"{what}: the search engine is out of reach ({type(error).__name__}). Look whether it runs, then try again."
        ) from None


def error_type(error: ApiError) -> str:
    """The engine's name for what went wrong, e.g. ``index_not_found_exception``; a plain word if it says none."""
    body = error.body.get("error") if isinstance(error.body, dict) else None
    return str(body.get("type", "no reason")) if isinstance(body, dict) else "no reason"


@contextmanager
def point_in_time(client: Elasticsearch, compat: str, index: str) -> Iterator[dict[str, str]]:
    """A fixed picture of ``index`` for several searches: what goes into each search as ``pit``."""
    if compat == "opensearch":
        wants, path = {"accept": "application/json", "content-type": "application/json"}, f"/{index}/_search/point_in_time"
        opened = client.perform_request("POST", path, params={"keep_alive": _KEEP_ALIVE}, headers=wants)
        id = str(opened["pit_id"])
        try:
            yield {"id": id, "keep_alive": _KEEP_ALIVE}
        finally:
            client.perform_request("DELETE", "/_search/point_in_time", headers=wants, body={"pit_id": [id]})
    else:
        id = str(client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE)["id"])
        try:
            yield {"id": id, "keep_alive": _KEEP_ALIVE}
        finally:
            client.options(ignore_status=404).close_point_in_time(id=id)


def _advice(error: ApiError) -> str:
    match error.meta.status:
        case 401 | 403:
            return "Give the API key the rights that docs/how-to/run-on-elasticsearch.md lists."
        case 400 if "media_type" in error_type(error):
            return "Set TIPSTREAM_ELASTICSEARCH_COMPAT to what answers there."
        case 429 | 502 | 503 | 504:
            return "It is overloaded or starting. Look at its health, then try again."
        case _:
            return "Look into its log; if its index is damaged, run 'tipstream reindex'."


def _with_port(url: str) -> str:
    """``url`` with the port of its scheme, which the client wants to see, if it names none."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    named = host.rpartition("@")[2].rpartition("]")[2].rpartition(":")[1]
    return url if named or not rest else f"{scheme}://{host}:{443 if scheme == 'https' else 80}{slash}{path}"
