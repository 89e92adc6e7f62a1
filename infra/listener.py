"""The socket that the web process answers on."""

from __future__ import annotations

import socket

from infra.settings import SettingsError


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. The supervisor keeps it open, so that restarts of the web process lose no connection."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"cannot listen on {host}:{port} ({error.strerror}). Give another port with --port, or 0 for any free one."
        ) from error
    listener.listen(1024)
    return listener


def address_of(listener: socket.socket) -> str:
    """The URL that the socket answers at."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
