"""Settings: read once, checked, documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.settings import SettingsError, child_environment, read_settings, reference, variable


def test_unset_means_embedded() -> None:
    settings = read_settings({})
    assert settings.database.startswith("sqlite:////")
    assert settings.policy == Path("data/policy")


def test_the_environment_is_read_and_the_command_line_wins() -> None:
    settings = read_settings({"TIPSTREAM_PORT": "9090", "TIPSTREAM_SECURE_COOKIES": "true", "HOME": "/x"}, port=0, host=None)
    assert settings.port == 0
    assert settings.secure_cookies is True


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TIPSTREAM_PROT", "1", "did you mean TIPSTREAM_PORT"),
        ("TIPSTREAM_ELEPHANT_COLOUR", "1", "is no setting"),
        ("TIPSTREAM_PORT", "eighty", "whole number"),
        ("TIPSTREAM_SECURE_COOKIES", "maybe", "true or false"),
    ],
)
def test_what_does_not_fit_is_an_error(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings({name: value})


def test_a_child_gets_exactly_these_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPSTREAM_BATCH", "7")
    settings = read_settings({"TIPSTREAM_TRIES": "5", "TIPSTREAM_SECURE_COOKIES": "true"}, data=Path("/d"))
    environment = {name: text for name, text in child_environment(settings).items() if name.startswith("TIPSTREAM_")}
    assert read_settings(environment) == settings


def test_every_setting_is_in_the_reference() -> None:
    assert all(f"`{variable(name)}`" in reference() for name in ("data", "port", "database_url", "dead_letter_limit"))
