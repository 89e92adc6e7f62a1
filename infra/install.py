"""Installs a hash-locked set into the environment that runs it, then the product itself. Needs nothing but pip."""

from __future__ import annotations

import subprocess
import sys


def main(lock: str) -> None:
    """Install exactly what ``lock`` says; every file must match its hash."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--require-hashes", "--no-deps", "-r", lock], check=True)  # noqa: S603
    subprocess.run([*pip, "install", "--no-deps", "--no-build-isolation", "--editable", "."], check=True)  # noqa: S603


if __name__ == "__main__":
    main(sys.argv[1])
