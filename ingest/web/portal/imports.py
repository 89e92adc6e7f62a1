"""The portal's pages to import a file: upload, say where the columns go, look at the first rows, import, read what became of each."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from urllib.parse import parse_qsl, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ingest.domain.field_map import FieldMap, FileKind, ImportRun, ImportState
from ingest.domain.partner import Partner
from ingest.ports import Row, Table
from ingest.tables.bulk import PREVIEWED, Importer, preview
from ingest.tables.importing import WaitingFiles, keep_map
from ingest.tables.map_guess import guess_map
from ingest.tables.mapping import TARGETS
from ingest.web.body import read_body
from ingest.web.deps import IntakeDeps
from ingest.web.multipart import read_parts
from ingest.web.portal.colleague import Colleague
from ingest.web.portal.frame import Form, Portal, see_other
from triage.cells import csv_file
from triage.domain.errors import FieldError, InvalidInput

HOME = "/p/import"
LISTED = 20
"""Imports on the first page."""

_FORM_BYTES, _FORM_FIELDS = 256 * 1024, 600
_ROOM = 64 * 1024  # for the rest of a form around its file

log = logging.getLogger(__name__)


class ImportPages:
    """One method a page or act. Imports run one after another in a thread of this process; pages only look at how far they are."""

    def __init__(self, deps: IntakeDeps, portal: Portal) -> None:
        self._deps = deps
        self._portal = portal
        self._files = WaitingFiles(deps.partner_side, deps.blobs, deps.sealer, deps.tables, deps.clock, deps.ids)
        self._importer = Importer(deps.partner_side, deps.receiver, deps.sealer, deps.clock, deps.ids)
        self._jobs = ThreadPoolExecutor(1, "import")

    def home(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/import``: the form to upload a file, and what was imported before."""
        return self._home(request, colleague)

    async def upload(self, request: Request, colleague: Colleague) -> Response:
        """``POST /p/import``: keeps the file and goes on to its columns. The token must come before the file."""
        limit, token = self._deps.import_bytes, ""
        async for part in read_parts(request, limit, limit + _ROOM):
            if part.name == "token":
                token = part.text
            elif part.name == "file" and part.is_file:
                if not self._portal.is_own_form(colleague, token):
                    return await run_in_threadpool(self._portal.problem, request, colleague, 403, "old_form", HOME)
                return await run_in_threadpool(self._take, request, colleague, b"" if part.too_large else part.content, part.too_large)
        return await run_in_threadpool(self._home, request, colleague, "no_file", 422)

    def one(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/import/<run>``: its columns and first rows, how far it is, or what became of it."""
        run = self._run(request, colleague)
        if run.state is ImportState.DONE or (run.state is ImportState.RUNNING and not self._files.lost(run)):
            return self._portal.show(request, colleague, "import_run.html", {"run": run, "running": run.state is ImportState.RUNNING})
        return self._columns(request, colleague, run)

    async def choose(self, request: Request, colleague: Colleague) -> Response:
        """``POST /p/import/<run>/columns``: keeps where the columns go, and shows the first rows as they would be taken."""
        form = await _wide_form(request)
        if not self._portal.is_own_form(colleague, form.get("token", "")):
            return await run_in_threadpool(self._portal.problem, request, colleague, 403, "old_form", HOME)
        return await run_in_threadpool(self._choose, request, colleague, form)

    def start(self, request: Request, colleague: Colleague, _form: Form) -> Response:
        """``POST /p/import/<run>/start``: lets the import begin."""
        run = self._run(request, colleague)
        self._files.check_startable(run)
        running = replace(run, state=ImportState.RUNNING, seen_at=self._deps.clock.now())
        with self._deps.partner_side.writing() as work:
            work.imports.put_run(running)
        self._jobs.submit(self._import, replace(running, by=colleague.actor), colleague.partner)
        return see_other(f"{HOME}/{run.id}")

    def drop(self, request: Request, colleague: Colleague, _form: Form) -> Response:
        """``POST /p/import/<run>/drop``: destroys the file without taking anything of it."""
        self._files.drop(self._run(request, colleague), colleague.actor)
        return see_other(f"{HOME}?done=import_dropped")

    def report(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/import/<run>/report.csv``: the refused rows, safe to open in a spreadsheet."""
        run = self._run(request, colleague)
        words = self._portal.words(colleague.language)
        head = (words("imports.row"), words("imports.column"), "code", words("imports.mend"))
        refused = [(row, column, code, words.texts.get(f"imports.why.{code}", message)) for row, column, code, message in run.refused]
        headers = {"Content-Disposition": f'attachment; filename="refused-{run.id}.csv"'}
        return Response(csv_file([head, *refused]), media_type="text/csv", headers=headers)

    def _import(self, run: ImportRun, partner: Partner) -> None:
        try:
            done = self._importer.run(run, self._files.open(run), partner)
            self._files.done(done)
        except Exception as error:  # nobody waits for this thread: the run says that it stopped, the log says why
            log.error("an import stopped", extra={"error": type(error).__name__})
            with self._deps.partner_side.writing() as work:
                last = work.imports.get_run(run.id) or run
                work.imports.put_run(replace(last, state=ImportState.STOPPED))

    def _take(self, request: Request, colleague: Colleague, content: bytes, too_large: bool) -> Response:
        if too_large:
            return self._home(request, colleague, "too_large", 413)
        try:
            run = self._files.take(content, colleague.partner, colleague.actor)
        except InvalidInput as error:
            return self._home(request, colleague, error.errors[0].code, 422)
        return see_other(f"{HOME}/{quote(run.id)}")

    def _home(self, request: Request, colleague: Colleague, error: str = "", status: int = 200) -> Response:
        with self._deps.partner_side.reading() as work:
            runs = work.imports.runs(colleague.partner.slug, LISTED)
        words = self._portal.words(colleague.language)
        said = words.first(f"imports.errors.{error}", "imports.errors.other") if error else ""
        values = {"runs": runs, "errors": {"file": said} if said else {}, "most": self._deps.import_bytes // (1024 * 1024)}
        return self._portal.show(request, colleague, "import.html", values, status)

    def _choose(self, request: Request, colleague: Colleague, form: Form) -> Response:
        run = self._run(request, colleague)
        sheet, record = form.get("sheet", "").strip(), form.get("record", "").strip()
        self._files.check_startable(run)
        try:
            table = self._files.open(run, sheet, FieldMap("", "", "", {}, record=record))
            chosen = None if table.ready else _mapped(form, table, run, colleague.partner)
        except InvalidInput as error:
            return self._columns(request, colleague, run, form, error.errors)
        run = self._files.choose(run, chosen, sheet)
        if chosen and (name := " ".join(form.get("name", "").split())[:60]):
            deps = self._deps
            keep_map(chosen, name, colleague.actor, deps.partner_side, deps.clock, deps.ids)
        return see_other(f"{HOME}/{run.id}#rows")

    def _columns(
        self, request: Request, colleague: Colleague, run: ImportRun, form: Form | None = None, errors: tuple[FieldError, ...] = ()
    ) -> Response:
        """The columns of the file with where they go, and its first rows once that was chosen."""
        with self._deps.partner_side.reading() as work:
            saved = work.imports.maps(colleague.partner.slug)
        wanted = next((each for each in saved if each.id == request.query_params.get("map")), None)
        chosen = wanted or run.field_map
        table: Table | None = None
        sample: list[Row] = []
        try:
            table = self._files.open(run, field_map=chosen)
            sample = list(islice(table.rows, PREVIEWED))
        except InvalidInput as error:
            errors = errors or error.errors
        if table and chosen is None and not table.ready:
            chosen = guess_map(table.columns, sample, colleague.partner.sector, colleague.partner.slug)
        shown = table is not None and not wanted and (table.ready or run.field_map is not None)
        rows = preview(self._files.open(run), colleague.partner, run.field_map) if shown else []
        values = {
            "run": run,
            "columns": table.columns if table and not table.ready else (),
            "ready": bool(table and table.ready),
            "encoding": table.encoding if table else "",
            "examples": _examples(sample),
            "goes_to": {name: path for path, names in (chosen.columns if chosen else {}).items() for name in names},
            "targets": TARGETS,
            "kinds": FileKind,
            "saved": saved,
            "chosen": chosen,
            "record": (form or {}).get("record", chosen.record if chosen else ""),
            "sheet": (form or {}).get("sheet", run.sheet),
            "rows": rows,
            "said": [error.message for error in errors],
        }
        return self._portal.show(request, colleague, "import_columns.html", values, 422 if form and errors else 200)

    def _run(self, request: Request, colleague: Colleague) -> ImportRun:
        return self._files.get(request.path_params["run"], colleague.partner)


def _mapped(form: Form, table: Table, run: ImportRun, partner: Partner) -> FieldMap:
    """The field map that a form says; what a mapping holds beyond columns is kept. Raises ``InvalidInput`` without an account."""
    found: dict[str, tuple[str, ...]] = {}
    for position, column in enumerate(table.columns):
        if (path := form.get(f"column.{position}", "")) in TARGETS:
            found[path] = (*found.get(path, ()), column)
    before = run.field_map or FieldMap("", partner.slug, "", {})
    if "narrative" not in found and "narrative" not in before.constants:
        raise InvalidInput([FieldError("narrative", "no_account", "Choose the column that says what was seen or heard.")])
    key = form.get("key", "")
    own = key if key in table.columns else ""
    return replace(before, id="", partner=partner.slug, name="", columns=found, key=own, record=form.get("record", "").strip())


def _examples(sample: list[Row]) -> Mapping[str, str]:
    """The first text of each column, cut short."""
    found: dict[str, str] = {}
    for row in sample:
        for column, text in row.cells.items():
            found.setdefault(column, text if len(text) <= 60 else f"{text[:60]}…")
    return found


async def _wide_form(request: Request) -> Mapping[str, str]:
    """A form with a field for each column. Raises ``InvalidInput``."""
    body = await read_body(request, _FORM_BYTES)
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FORM_FIELDS))
    except ValueError as error:
        raise InvalidInput([FieldError("", "not_a_form", "Send the form as the page has it.")]) from error
