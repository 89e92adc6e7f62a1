"""A running product for the whole session, and a real browser where one is installed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.cluster import LAST_LINE
from tests.e2e.product import Product


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say what became of the tips as the very last line, where people and scripts look for it."""
    if line := config.stash.get(LAST_LINE, ""):
        sys.stdout.write(f"{line}\n")


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product that all tests share; each sends tips of its own."""
    with Product(tmp_path_factory.mktemp("demo") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. A laptop without it skips; CI fails. It ends with its module, because its event loop would disturb other tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium: apt-get install chromium")
        pytest.skip("no Chromium here: install the package chromium to run the browser tests")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*quiet, "--no-first-run", "--disable-quic"])
        yield chromium
        chromium.close()
