"""Keeps the documentation true: ``python -m infra.docs`` writes the pages of ``docs/reference`` and the dashboard, ``--check`` finds what
does not hold.

The check changes nothing and fails on a generated page or dashboard that differs from the code; a link, anchor or image that leads
nowhere; a command, setting, make target or file that a page names and the product does not have; a command that no hand-written page names;
and words that do not belong on a page.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from infra.cli import COMMANDS
from infra.deploy.dashboard import FILE as DASHBOARD
from infra.deploy.dashboard import dashboard
from infra.reference import pages
from infra.settings import Settings, variable

ROOT = Path(__file__).parents[1]
REFERENCE = Path("docs") / "reference"
_PLACES = ("docs", "infra", "ingest", "models", "streams", "tests", "triage")

_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<(?:img|source)\b[^>]*?\b(?:src|srcset)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)
_COMMAND = re.compile(r"(?<![\w/.-])tipstream ([a-z][a-z-]+)")
_SETTING = re.compile(r"\bTIPSTREAM_[A-Z][A-Z_]*")
_TARGET = re.compile(r"(?:^\s*|`)make ([a-z]+)", re.MULTILINE)
_FILE = re.compile(r"`((?:docs|infra|ingest|models|streams|tests|triage)/[\w./*-]+)`")
_OUT_OF_PLACE = {
    re.compile(r"(?<![\w.])/(?:work|tmp|home|root)\b"): "the path of one machine; write a path that holds everywhere",
    re.compile(r"\b(?:pypi|pythonhosted|npmjs)\.org\b"): "the host of a package registry; name the package instead",
    re.compile(r"\bAI assistant|\bagent session", re.IGNORECASE): "how the product was written; pages speak of the product alone",
    re.compile(r"\bTODO\b|\bTBD\b|\bFIXME\b"): "an unfinished place; finish it, or say what is not there",
}
"""What no page may say, and why."""


def find_pages(root: Path) -> Mapping[Path, str]:
    """Every Markdown page of the repository by its path below ``root``."""
    found = [*root.glob("*.md"), *(page for place in _PLACES for page in (root / place).rglob("*.md"))]
    return {page.relative_to(root): page.read_text("utf8") for page in sorted(found)}


def problems(root: Path, generated: Mapping[str, str]) -> list[str]:
    """Everything that does not hold, each as ``page: what, and what to do``."""
    found = find_pages(root)
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text("utf8"), re.MULTILINE))
    return [
        *differing_pages(root, generated),
        *unwritten_commands(found),
        *(f"{page}: {problem}" for page, text in found.items() for problem in _page_problems(root, page, text, targets)),
    ]


def differing_pages(root: Path, generated: Mapping[str, str]) -> Iterator[str]:
    """Generated pages that are missing, differ, or that nothing generates any more."""
    folder = root / REFERENCE
    for name, text in generated.items():
        page = folder / name
        if not page.exists() or page.read_text("utf8") != text:
            yield f"{REFERENCE / name}: it differs from the code; run `make docs`"
    for page in sorted(folder.glob("*.md")):
        if page.name not in generated:
            yield f"{REFERENCE / page.name}: nothing generates it; move it out of {REFERENCE}"


def unwritten_commands(found: Mapping[Path, str]) -> Iterator[str]:
    """Commands that stand in no page written for people."""
    written = {name for page, text in found.items() if not page.is_relative_to(REFERENCE) for name in _COMMAND.findall(text)}
    return (
        f"docs: no page says what `tipstream {name}` is good for; name it where people need it" for name in COMMANDS if name not in written
    )


def broken_links(root: Path, page: Path, text: str) -> Iterator[str]:
    """Relative links and images of a page that lead nowhere."""
    for match in _LINK.finditer(_CODE.sub("", text)):
        address = match[1] or match[2]
        if re.match(r"[a-z]+:", address):
            continue
        path, _, anchor = address.partition("#")
        target = root / page.parent / path if path else root / page
        if not target.exists():
            yield f"the link to {address} leads nowhere"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text("utf8")):
            yield f"the page {path or page.name} has no heading #{anchor}"


def anchors(text: str) -> set[str]:
    """The names under which the headings of a page can be linked to, as code hosts make them."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text)}


def unknown_names(text: str, targets: Iterable[str]) -> Iterator[str]:
    """Commands, settings and make targets that a page names and the product does not have."""
    known = {variable(setting.name) for setting in fields(Settings)}
    code = "\n".join(_CODE.findall(text))
    yield from (f"there is no command `tipstream {name}`" for name in sorted(set(_COMMAND.findall(code)) - set(COMMANDS)))
    yield from (f"there is no setting {name}" for name in sorted(set(_SETTING.findall(text)) - known))
    yield from (f"there is no `make {name}`" for name in sorted(set(_TARGET.findall(code)) - set(targets)))


def missing_files(root: Path, text: str) -> Iterator[str]:
    """Files and folders of the repository that a page names and that are not there."""
    return (f"there is no {name}" for name in sorted(set(_FILE.findall(text))) if not any(root.glob(name)))


def out_of_place(text: str) -> Iterator[str]:
    """Words that do not belong on a page, with their line."""
    for pattern, why in _OUT_OF_PLACE.items():
        for match in pattern.finditer(text):
            yield f"line {text.count(chr(10), 0, match.start()) + 1} holds {why}"


def _page_problems(root: Path, page: Path, text: str, targets: Iterable[str]) -> Iterator[str]:
    yield from broken_links(root, page, text)
    yield from unknown_names(text, targets)
    yield from missing_files(root, text)
    yield from out_of_place(text)


def main(arguments: list[str]) -> int:
    """Write the generated pages, or check all of them; return the exit status."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m infra.docs [--check]\n")
        return 2
    generated = pages()
    if arguments:
        found = problems(ROOT, generated)
        if (ROOT / DASHBOARD).read_text("utf8") != dashboard():
            found.append(f"{DASHBOARD}: it differs from the metrics; run `make docs`")
        sys.stderr.writelines(f"{problem}\n" for problem in found)
        return 1 if found else 0
    (ROOT / REFERENCE).mkdir(parents=True, exist_ok=True)
    for name, text in generated.items():
        (ROOT / REFERENCE / name).write_text(text, "utf8")
    (ROOT / DASHBOARD).write_text(dashboard(), "utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
