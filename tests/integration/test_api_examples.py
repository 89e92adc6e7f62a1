"""What the documentation shows of the partner API works as it stands there, against a running server."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType
from PIL import Image
from starlette.applications import Starlette

from ingest.api.endpoint import JSON, MERGE_PATCH
from ingest.api.openapi import document
from ingest.web.routes import intake_routes
from tests.builders import example_policy
from tests.intake import TRUCKING, Intake, open_intake

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = (DOCS / "how-to" / "send-tips-by-api.md").read_text("utf8")
COMMANDS = re.findall(r"^```\n(curl .*?)^```", HOW_TO, re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Running:
    """A server that can be called."""

    address: str
    intake: Intake

    @property
    def key(self) -> str:
        return self.intake.keys[TRUCKING.slug]


@contextmanager
def serving(intake: Intake) -> Iterator[Running]:
    """The intake behind a real socket, which takes connections from the first moment."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=intake_routes(intake.deps)), log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", intake)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def running(migrated: Path, tmp_path: Path) -> Iterator[Running]:
    shutil.copy(migrated, tmp_path / "tipstream.db")
    with open_intake(tmp_path, example_policy()) as intake:
        intake.deps.partners.put(replace(TRUCKING, photos=True))
        with serving(intake) as running:
            yield running


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_curl_command_of_the_page_works_in_its_order(running: Running, tmp_path: Path) -> None:
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "JPEG")
    (tmp_path / "yard-1.jpg").write_bytes(picture.getvalue())
    (tmp_path / "tips.ndjson").write_text('{"narrative": "A"}\n{"narrative": "B"}\n')
    environment = {**os.environ, "KEY": running.key}
    answers: list[Any] = []
    for command in COMMANDS:
        line = command.replace("https://tips.example.org", running.address).replace("curl ", "curl -sS --fail-with-body ", 1)
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        answers.append(json.loads(done.stdout))
        made = str(answers[-1].get("id", ""))
        environment |= {"ID": made} if made.startswith("tip_") else {"REPORT": made} if made.startswith("rep_") else {}
    assert len(answers) >= 10
    assert [answer["accepted"] for answer in answers if "accepted" in answer] == [2]
    with running.intake.deps.partner_side.reading() as work:
        assert len(work.own.page(TRUCKING.slug, None, 10)) == 4


def client_module() -> ModuleType:
    """The client of the documentation, as a program would import it."""
    spec = importlib.util.spec_from_file_location("python_client", DOCS / "examples" / "python_client.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_python_client_goes_all_the_way(running: Running) -> None:
    module = client_module()
    tips = module.Tipstream(running.address, running.key)
    van = {"narrative": "A white van.", "partner": {"reference": "R-7"}}
    first, again = (tips.send(van, key="shift-0417-2") for _ in range(2))
    assert first == again
    assert tips.tip(first["id"])["status"] == "received"
    assert tips.check(van)["valid"] is True
    assert tips.send_many([van, {}])["accepted"] == 1
    for _ in range(60):
        running.intake.clock.forward(seconds=1)
        tips.send(van)
    assert len(list(tips.tips(reference="R-7"))) == 62
    tips.answer(first["id"], "By the silo.")
    assert [message["text"] for message in tips.messages(first["id"])] == ["By the silo."]
    assert tips.retract(first["id"], "duplicate")["retracted"]["reason"] == "duplicate"
    with pytest.raises(module.Refused, match="key_reused"):
        tips.send({"narrative": "Another."}, key="shift-0417-2")
    with pytest.raises(module.Refused) as refused:
        tips.send({"narrative": ""})
    assert (refused.value.code, refused.value.errors[0]["path"]) == ("fields_to_mend", "narrative")


def test_the_python_client_runs_alone(running: Running) -> None:
    environment = {**os.environ, "TIPS_ADDRESS": running.address, "TIPS_KEY": running.key}
    command = [sys.executable, "-I", str(DOCS / "examples" / "python_client.py"), "A", "white", "van."]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "received"


def test_a_client_that_was_generated_from_the_document_makes_the_round_trip(running: Running, tmp_path: Path) -> None:
    """``openapi-python-client`` reads the document from a file; the program below uses what it wrote."""
    (tmp_path / "openapi.json").write_text(json.dumps(document()))
    settings = ConfigFile(post_hooks=[], package_name_override="generated", content_type_overrides={MERGE_PATCH: JSON})
    (tmp_path / "client").mkdir()
    config = Config.from_sources(settings, MetaType.NONE, tmp_path / "openapi.json", "utf8", True, tmp_path / "client" / "generated")
    complaints = [problem for problem in generate(config=config) if "x-ndjson" not in str(problem) and "image/" not in str(problem)]
    assert complaints == []
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "program.py", running.address + "/api/v1", running.key]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "client")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"status": "received", "reference": "R-7", "listed": 1, "code": "fields_to_mend", "path": "narrative"}


PROGRAM = """
import json
import sys

from generated import AuthenticatedClient
from generated.api.tips import get_tip, list_tips, send_tip
from generated.models import PartnerIn, Submission

with AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2]) as client:
    receipt = send_tip.sync(client=client, body=Submission("A white van.", partner=PartnerIn(reference="R-7")), idempotency_key="k-1")
    seen = get_tip.sync(receipt.id, client=client)
    listed = list_tips.sync(client=client, reference="R-7", limit=5)
    problem = send_tip.sync(client=client, body=Submission(""))
    found = {"status": seen.status.value, "reference": seen.partner.reference, "listed": len(listed.tips)}
    print(json.dumps({**found, "code": problem.code, "path": problem.errors[0].path}))
"""
