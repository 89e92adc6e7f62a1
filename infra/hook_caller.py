"""Calls partners' programs over HTTPS, and nobody else: what an address leads to is looked up first, checked, and then called itself.

A name is resolved once for each call and the connection goes to the address that was checked, so that a name which leads elsewhere a moment
later (DNS rebinding) reaches nothing. All addresses of a name must be public; one that is not is taken for an attempt to reach inside.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from ingest.ports import HookAnswer, HookCaller

log = logging.getLogger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SECONDS = 10.0
"""For a call in all: looking up, connecting, sending, and waiting for the status. The body of an answer is never read."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 as a network sees it that speaks IPv6 alone (RFC 6052)."""


class Refused(Exception):
    """The call is not made; the text is the kind of failure."""


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host, as the machine looks them up."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def is_public(address: str) -> bool:
    """Whether it can be reached from anywhere: no loopback, private, shared (CGNAT), link-local, multicast, reserved or documentation
    address, and no IPv6 address that holds such an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # also one with a zone, which is never public
        return False
    return all(map(_is_global, _led_to(parsed)))


def _is_global(address: Address) -> bool:
    inner = address.is_private or address.is_loopback or address.is_link_local or address.is_multicast or address.is_reserved
    return address.is_global and not inner


def _led_to(address: Address) -> list[Address]:
    """The address, or those to which it leads in another network."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address, *filter(None, (address.sixtofour, *(address.teredo or ())))]


class HttpsHookCaller(HookCaller):
    """The caller on httpx. ``allow_private`` lets calls go to any address, for tests on one machine; ``ca_file`` is the certificate
    authority to trust besides none, empty for those of the machine. Safe to use from several threads. Close it, or use it in a ``with``.
    """

    def __init__(
        self,
        allow_private: bool = False,
        ca_file: str = "",
        seconds: float = SECONDS,
        look_up: Callable[[str, int], Sequence[str]] = resolve,
    ) -> None:
        self._allow_private = allow_private
        self._trust = ssl.create_default_context(cafile=ca_file or None)
        self._seconds = seconds
        self._look_up = look_up
        self._resolvers = ThreadPoolExecutor(8, thread_name_prefix="resolver")  # a look-up cannot be stopped, only left behind

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        try:
            return asyncio.run(self._in_time(url, headers, body))
        except Refused as refusal:
            return HookAnswer(0, str(refusal))
        except Exception as error:  # whatever it is, it is the receiver's day that is bad, not ours
            return HookAnswer(0, _kind(error))

    def close(self) -> None:
        """Let go of the threads."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> HttpsHookCaller:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _in_time(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        async with asyncio.timeout(self._seconds):
            parts = httpx.URL(url)
            host = parts.raw_host.decode("ascii")
            if parts.scheme != "https" or not host:
                raise Refused("not_https")
            addresses = await self._addresses(host, parts.port or 443)
            async with httpx.AsyncClient(verify=self._trust, trust_env=False, follow_redirects=False, timeout=self._seconds) as client:
                for address in addresses[:-1]:
                    try:
                        return await _post(client, parts, address, headers, body)
                    except httpx.ConnectError:
                        continue
                return await _post(client, parts, addresses[-1], headers, body)

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        found = await asyncio.get_running_loop().run_in_executor(self._resolvers, self._look_up, host, port)
        if not found:
            raise Refused("no_such_host")
        if not self._allow_private and not all(map(is_public, found)):
            raise Refused("refused_address")
        return found


async def _post(client: httpx.AsyncClient, url: httpx.URL, address: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
    """Post to the address, under the name that it was looked up by: in the certificate and for the receiver nothing is different."""
    to = url.copy_with(host=address)
    sent = {**headers, "host": url.netloc.decode("ascii")}
    async with client.stream("POST", to, headers=sent, content=body, extensions={"sni_hostname": url.raw_host.decode("ascii")}) as response:
        return HookAnswer(response.status_code)  # nothing in its body matters, so that none of it is read


def _kind(error: Exception) -> str:
    """A word of a closed set for what went wrong."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "no_such_host"
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "timeout"
    if isinstance(error, httpx.ConnectError):
        return "certificate" if "CERTIFICATE" in str(error).upper() else "no_connection"
    return "broken_off" if isinstance(error, httpx.TransportError) else "failed"
