"""Large bytes as files in the data directory. What comes here is sealed already."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from triage.domain.errors import Unavailable
from triage.ports import Blobs

_NAME = re.compile(r"[a-z]{2,8}_[A-Za-z0-9]{1,40}")


def check_name(name: str) -> str:
    """The name, if it is an identifier of ours. Raises ``ValueError``."""
    if not _NAME.fullmatch(name):
        raise ValueError("a blob is named by an identifier of ours, such as att_01H...")
    return name


class DiskBlobs(Blobs):
    """A file each, in a folder of mode 0700, spread over 256 folders by the end of their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            for folder in (self._folder, path.parent):  # one by one: only the last folder of a path gets the mode
                if not folder.is_dir():
                    folder.mkdir(mode=0o700, exist_ok=True)
                    _sync(folder.parent)
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _sync(path.parent)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise Unavailable(f"the blob cannot be written: {os.strerror(error.errno or 0)}. Make room or mend the disk.") from error

    def get(self, name: str) -> bytes | None:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"the blob cannot be read: {os.strerror(error.errno or 0)}.") from error

    def destroy(self, name: str) -> None:
        path = self._path(name)
        try:
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            _sync(path.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Unavailable(f"the blob cannot be destroyed: {os.strerror(error.errno or 0)}.") from error

    def names(self, prefix: str) -> list[str]:
        try:
            return sorted(path.name for path in self._folder.glob(f"*/{prefix}_*") if _NAME.fullmatch(path.name))
        except OSError as error:
            raise Unavailable(f"the blobs cannot be listed: {os.strerror(error.errno or 0)}.") from error

    def _path(self, name: str) -> Path:
        return self._folder / check_name(name)[-2:].lower() / name


def _sync(folder: Path) -> None:
    """Make the folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
