"""Options that many commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from infra.log import set_up_logging
from infra.settings import from_environment


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--data`` and give the command ``settings``, read from the environment; set up logging by them."""

    @click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The data directory (TIPSTREAM_DATA; ./data).")
    @functools.wraps(command)
    def wrapped(data: Path | None, **given: Any) -> Any:
        settings = from_environment(data=data)
        set_up_logging(settings.log_level)
        return command(settings=settings, **given)

    return wrapped


as_user = click.option("--as", "user_name", required=True, help="The account on whose behalf this is done; its desks decide what it sees.")
as_json = click.option("--json", "json_output", is_flag=True, help="Print JSON for scripts.")
