"""A client of the partner API in one file, with nothing to install: copy it into your program.

Try it: ``TIPS_ADDRESS=https://tips.example.org TIPS_KEY=ts_test_... python python_client.py "What was seen."``
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterable, Iterator
from typing import Any


class Refused(Exception):
    """The server said no. ``code`` is stable and listed at ``/api/v1/problems``; ``errors`` say what to mend."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.code: str = problem.get("code", "")
        self.errors: list[dict[str, str]] = problem.get("errors", [])


class Tipstream:
    """The API at ``address`` for the holder of ``key``. Each request is tried up to ``tries`` times, and what is sent is stored once."""

    def __init__(self, address: str, key: str, tries: int = 5) -> None:
        self._base = address.rstrip("/") + "/api/v1"
        self._key = key
        self._tries = tries

    def send(self, tip: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        """Send a tip. ``key`` makes a repeat recognisable; give your own if you may send the same again later."""
        return self._call("POST", "/tips", tip, {"Idempotency-Key": key or str(uuid.uuid4())})

    def check(self, tip: dict[str, Any]) -> dict[str, Any]:
        """Whether a tip would be taken, and what would make it more useful. Stores nothing."""
        return self._call("POST", "/tips?dry_run=true", tip)

    def send_many(self, tips: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Send up to 500 tips; ``items`` of the answer says what became of each."""
        return self._call("POST", "/tips/batch", list(tips), {"Idempotency-Key": str(uuid.uuid4())})

    def tip(self, tip_id: str) -> dict[str, Any]:
        """Where a tip stands."""
        return self._call("GET", f"/tips/{tip_id}")

    def tips(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Your own tips, newest first, page after page. Filters: ``since``, ``reference``."""
        page = self._call("GET", "/tips?" + urllib.parse.urlencode(filters))
        yield from page["tips"]
        while page["next"]:
            page = self._call("GET", page["next"].partition("/api/v1")[2])
            yield from page["tips"]

    def messages(self, tip_id: str) -> list[dict[str, Any]]:
        """The thread about a tip."""
        found: list[dict[str, Any]] = self._call("GET", f"/tips/{tip_id}/messages")["messages"]
        return found

    def answer(self, tip_id: str, text: str) -> None:
        """Write in the thread."""
        self._call("POST", f"/tips/{tip_id}/messages", {"text": text})

    def retract(self, tip_id: str, reason: str) -> dict[str, Any]:
        """Take a tip back: ``sent_by_mistake``, ``not_true``, ``duplicate`` or ``withdrawn_consent``."""
        return self._call("POST", f"/tips/{tip_id}/retract", {"reason": reason})

    def _call(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        sent = None if body is None else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(self._base + path, sent, given, method=method)  # noqa: S310  # the address is yours
        for attempt in range(1, self._tries + 1):
            try:
                with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                    answer: dict[str, Any] = json.load(response)
                    return answer
            except urllib.error.HTTPError as error:
                wait = int(error.headers.get("Retry-After", "5"))
                if error.code not in (429, 503) or wait > 60 or attempt == self._tries:
                    raise Refused(json.load(error)) from None
            except OSError:  # the line broke; the same idempotency key makes sure that nothing is stored twice
                if attempt == self._tries:
                    raise
                wait = 2**attempt
            time.sleep(wait)
        raise AssertionError("the last try ends above")


if __name__ == "__main__":
    client = Tipstream(os.environ["TIPS_ADDRESS"], os.environ["TIPS_KEY"])
    receipt = client.send({"narrative": " ".join(sys.argv[1:])})
    sys.stdout.write(json.dumps({**receipt, "status": client.tip(receipt["id"])["status"]}, indent=1) + "\n")
