"""The documentation holds, and the check that says so can fail."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from infra.docs import ROOT, main, problems
from infra.reference import pages
from triage.taxonomy.taxonomy import load_taxonomy

GENERATED = {"settings.md": "# Settings\n"}
SOUND = {
    "Makefile": "demo: ## Start\ncheck:\n",
    "README.md": "# Product\n\n[Start](docs/start.md#first-steps), `make demo`, `infra/app.py`\n",
    "docs/start.md": "# Start\n\n## First steps\n\n```\ntipstream demo --port 0\n```\n\nSet `TIPSTREAM_PORT`. ![way](img/way.svg)\n",
    "docs/img/way.svg": "<svg/>",
    "docs/reference/settings.md": GENERATED["settings.md"],
    "infra/app.py": "",
}


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """A product with one command, so that a small tree can name them all."""
    monkeypatch.setattr("infra.docs.COMMANDS", {"demo": ("", "")})


def tree(root: Path, **changed: str) -> Path:
    """A sound repository of a few pages, with these files changed; a name stands for the file whose stem it is."""
    for name, text in SOUND.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem.lower(), text), "utf8")
    return root


def test_the_documentation_holds() -> None:
    assert problems(ROOT, pages()) == []


@pytest.mark.usefixtures("commands")
def test_a_sound_tree_has_no_problem(tmp_path: Path) -> None:
    assert problems(tree(tmp_path), GENERATED) == []


@pytest.mark.usefixtures("commands")
@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"settings": "# Old\n"}, "docs/reference/settings.md: it differs from the code; run `make docs`"),
        ({"readme": "[x](docs/gone.md) `tipstream demo`"}, "README.md: the link to docs/gone.md leads nowhere"),
        ({"readme": '<img alt="" src="docs/img/gone.png">'}, "README.md: the link to docs/img/gone.png leads nowhere"),
        ({"readme": "[x](docs/start.md#last-steps)"}, "README.md: the page docs/start.md has no heading #last-steps"),
        ({"readme": "`tipstream dance`"}, "README.md: there is no command `tipstream dance`"),
        ({"readme": "`TIPSTREAM_PROT`"}, "README.md: there is no setting TIPSTREAM_PROT"),
        ({"readme": "`make cake`"}, "README.md: there is no `make cake`"),
        ({"readme": "`infra/gone.py`"}, "README.md: there is no infra/gone.py"),
        ({"start": "## First steps\n"}, "docs: no page says what `tipstream demo` is good for; name it where people need it"),
        (
            {"readme": "\ncd /home/ana/src"},
            "README.md: line 2 holds the path of one machine; write a path that holds everywhere",
        ),
        ({"readme": "TODO"}, "README.md: line 1 holds an unfinished place; finish it, or say what is not there"),
    ],
)
def test_the_check_finds(tmp_path: Path, changed: dict[str, str], problem: str) -> None:
    assert problems(tree(tmp_path, **changed), GENERATED) == [problem]


@pytest.mark.usefixtures("commands")
def test_a_page_that_nothing_generates_is_found(tmp_path: Path) -> None:
    root = tree(tmp_path)
    (root / "docs/reference/stray.md").write_text("# Stray\n", "utf8")
    assert problems(root, GENERATED) == ["docs/reference/stray.md: nothing generates it; move it out of docs/reference"]


def test_an_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--chek"]) == 2
    assert "usage" in capsys.readouterr().err


def test_the_checker_loads_nothing_that_reads_text() -> None:
    code = "import infra.docs, sys; print({'spacy', 'sklearn', 'numpy'} & {name.partition('.')[0] for name in sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"


def test_every_dependency_is_decided_about() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    written = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    names = [re.split(r"[^\w.-]", requirement)[0] for requirement in written]
    decisions = "\n".join(page.read_text("utf8") for page in (ROOT / "docs/adr").glob("*.md"))
    assert [name for name in names if f"`{name}`" not in decisions] == []


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    pages_ = sorted(page.name for page in (ROOT / "docs/adr").glob("*.md"))
    index = (ROOT / "docs/index.md").read_text("utf8")
    assert [int(name[:4]) for name in pages_] == list(range(1, len(pages_) + 1))
    assert [name for name in pages_ if f"(adr/{name})" not in index] == []


def test_every_source_of_an_indicator_is_explained() -> None:
    listed = set(re.findall(r"^\| ([\w-]+) \|", (ROOT / "docs/sources.md").read_text("utf8"), re.MULTILINE))
    assert {source for indicator in load_taxonomy().indicators.values() for source in indicator.sources} - listed == set()
