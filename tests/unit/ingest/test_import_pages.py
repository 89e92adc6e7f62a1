"""Importing a file over the portal, as a browser without JavaScript does it."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from html import unescape

import pytest
from starlette.applications import Starlette

from ingest.domain.field_map import ImportRun, ImportState
from ingest.web.portal.routes import portal_routes
from tests.intake import Intake
from tests.portal import NURSE, Window, employ, signed_in

LOG = "No;Town;What happened;Danger\n1;York;A girl was crying.;yes\n2;York;;no\n3;York;Loud noise all night.;no\n"


def upload(window: Window, content: bytes, token: str | None = None) -> str:
    """Send a file and give the address of its page, or the page itself where it was not taken."""
    window.get("/p/import")
    files = {"file": ("My guests.csv", content, "text/csv")}
    answer = window._request("POST", "/p/import", data={"token": window.token if token is None else token}, files=files)
    return answer.headers.get("location", "") or answer.text


def columns(page: str) -> dict[str, str]:
    """What the form would send as it is: the selected option of each select."""
    found = {}
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected', options)
        found[unescape(name)] = unescape(chosen[1] or "") if chosen else ""
    return found


def run_of(intake: Intake, address: str) -> ImportRun:
    with intake.deps.partner_side.reading() as work:
        run = work.imports.get_run(address.split("/")[3])
    assert run is not None
    return run


def until_over(intake: Intake, address: str) -> ImportRun:
    """Wait for the thread that imports."""
    pause = threading.Event()
    for _ in range(1_000):
        if (run := run_of(intake, address)).state in (ImportState.DONE, ImportState.STOPPED):
            return run
        pause.wait(0.01)
    raise AssertionError("the import did not end")


@pytest.fixture
def window(intake: Intake) -> Window:
    employ(intake)
    return signed_in(intake)


def test_a_file_is_uploaded_mapped_looked_at_and_imported(intake: Intake, window: Window) -> None:
    address = upload(window, LOG.encode())
    page = window.get(address)
    assert "Where do the columns go?" in page.text
    assert "A girl was crying." in page.text
    guessed = columns(page.text)
    assert [guessed[f"column.{n}"] for n in range(4)] == ["", "place.town", "narrative", "life_threat"]
    answer = window.post(f"{address}/columns", {**guessed, "column.0": "partner.reference", "key": "No", "name": "Night log"})
    assert answer.headers["location"] == f"{address}#rows"
    shown = window.get(address).text
    assert "What happened: Say what was seen or heard." in shown
    assert "Somebody is in danger now." in shown
    assert run_of(intake, address).state is ImportState.WAITING
    assert window.post(f"{address}/start").headers["location"] == address
    run = until_over(intake, address)
    assert (run.rows, run.accepted, run.refused_rows) == (3, 2, 1)
    done = window.get(address).text
    assert "Rows that were not taken" in done
    assert 'http-equiv="refresh"' not in done
    report = window.get(f"{address}/report.csv").text
    assert report.splitlines()[1] == "3,What happened,required,Say what was seen or heard. A few words are enough."
    assert intake.deps.blobs.get(run.id) is None
    again = upload(window, LOG.encode())
    assert ">Night log</option>" in window.get(again).text


def test_a_running_import_looks_again_by_itself(intake: Intake, window: Window) -> None:
    address = upload(window, LOG.encode())
    with intake.deps.partner_side.writing() as work:
        run = run_of(intake, address)
        work.imports.put_run(ImportRun(run.id, run.partner, run.by, run.begun_at, "", 7, state=ImportState.RUNNING, seen_at=run.begun_at))
    page = window.get(address).text
    assert '<meta http-equiv="refresh" content="3">' in page
    assert "7 rows are done." in page
    assert window.post(f"{address}/start").status_code == 409
    intake.clock.forward(minutes=3)
    assert "This import stopped." in window.get(address).text


def test_a_file_can_be_thrown_away(intake: Intake, window: Window) -> None:
    address = upload(window, LOG.encode())
    assert "The file is gone." in window.get(window.post(f"{address}/drop").headers["location"]).text
    assert intake.deps.blobs.names("imp") == []
    assert run_of(intake, address).accepted == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "There is nothing in this file"), (b"\xd0\xcf\x11\xe0", "We cannot read this workbook")],
)
def test_a_file_that_cannot_be_read_is_told_so(window: Window, content: bytes, words: str) -> None:
    assert words in upload(window, content)


def test_a_file_that_is_too_large_is_not_kept(intake: Intake) -> None:
    employ(intake)
    window = Window(intake, Starlette(routes=portal_routes(replace(intake.deps, import_bytes=100))))
    window.sign_in("dee")
    assert "too large" in upload(window, b"x" * 101)
    assert intake.deps.blobs.names("imp") == []


def test_columns_without_an_account_are_not_taken(window: Window) -> None:
    address = upload(window, LOG.encode())
    answer = window.post(f"{address}/columns", {"column.1": "place.town"})
    assert answer.status_code == 422
    assert "Choose the column that says what was seen or heard." in answer.text


def test_another_partners_import_and_a_foreign_form_lead_nowhere(intake: Intake, window: Window) -> None:
    address = upload(window, LOG.encode())
    nurse = signed_in(intake, NURSE)
    assert nurse.get(address).status_code == nurse.get(f"{address}/report.csv").status_code == 404
    for act in ("start", "drop", "columns"):
        assert nurse.post(f"{address}/{act}").status_code == 404
        assert window.post(f"{address}/{act}", {"token": "wrong"}).status_code == 403
    assert "This form is too old" in upload(window, LOG.encode(), token="wrong")
    assert Window(intake).get("/p/import").headers["location"].startswith("/p/sign-in")


def test_the_pages_speak_spanish(window: Window) -> None:
    assert "Importar un archivo" in window.get("/p/import?lang=es").text
    address = upload(window, LOG.encode())
    assert "¿Adónde van las columnas?" in window.get(address).text
