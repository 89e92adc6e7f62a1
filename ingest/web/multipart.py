"""Reading a form with files part by part, never more than one file in memory and none on disk.

What people upload can show where they live: it must not lie in a temporary file, and a large body must not fill the memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

TEXT_LIMIT = 4096
"""Bytes of a field that is no file."""
PART_LIMIT = 50
"""Parts of one form."""


@dataclass(frozen=True, slots=True)
class Part:
    """A field of the form. ``too_large``: its content was longer than allowed and was thrown away. A file's own name is never kept."""

    name: str
    is_file: bool
    content: bytes
    too_large: bool = False

    @property
    def text(self) -> str:
        """The content of a field that is no file."""
        return self.content.decode("utf8", "replace")


class _Collector:
    """Gathers the parts that the parser finds."""

    def __init__(self, file_limit: int) -> None:
        self.ready: list[Part] = []
        self.whole = False
        self._file_limit = file_limit
        self._header = self._value = b""
        self._begin()

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_header,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header_end,
            "on_part_data": self._on_data,
            "on_part_end": self._on_end,
            "on_end": self._on_whole,
        }

    def _begin(self) -> None:
        self._name, self._is_file, self._content, self._too_large = "", False, bytearray(), False

    def _on_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name, self._is_file = options.get(b"name", b"").decode("utf8", "replace"), b"filename" in options
        self._header = self._value = b""

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        limit = self._file_limit if self._is_file else TEXT_LIMIT
        if self._too_large or len(self._content) + end - start > limit:
            self._content, self._too_large = bytearray(), True
        else:
            self._content += data[start:end]

    def _on_end(self) -> None:
        self.ready.append(Part(self._name, self._is_file, bytes(self._content), self._too_large))
        self._content = bytearray()

    def _on_whole(self) -> None:
        self.whole = True


async def read_parts(request: Request, file_limit: int, body_limit: int) -> AsyncIterator[Part]:
    """The fields in the order of the form, each as soon as it is there.

    A file longer than ``file_limit`` bytes comes without content. Raises 413 for a body longer than ``body_limit``, 415 for another kind
    of form, 400 for one that is broken or ends early.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise HTTPException(415)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > body_limit:
        raise _too_large()
    collector, taken, given = _Collector(file_limit), 0, 0
    parser = MultipartParser(options[b"boundary"], collector.callbacks())  # type: ignore[arg-type]  # its type names each call exactly
    try:
        async for chunk in request.stream():
            taken += len(chunk)
            if taken > body_limit:
                raise _too_large()
            parser.write(chunk)
            while collector.ready:
                given += 1
                if given > PART_LIMIT:
                    raise HTTPException(400)
                yield collector.ready.pop(0)
    except (MultipartParseError, ClientDisconnect, ValueError):
        raise HTTPException(400) from None
    if not collector.whole:
        raise HTTPException(400)


def _too_large() -> HTTPException:
    return HTTPException(413, headers={"Connection": "close"})
