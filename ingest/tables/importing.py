"""What surrounds an import: mappings that are kept, and files that wait in the portal until they are done."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import BinaryIO

from ingest.domain.field_map import FieldMap, ImportRun, ImportState
from ingest.domain.partner import Partner
from ingest.ports import PartnerStorage, Purpose, Sealer, Table
from ingest.tables.opening import Readers, digest_of, kind_of, open_table
from triage.domain.audit import AuditRow
from triage.domain.errors import Conflict, NotFound
from triage.ports import Blobs, Clock, Ids

WAITS = timedelta(hours=24)
"""How long a file that nobody imports is kept."""

SILENT = timedelta(minutes=2)
"""A running import that has said nothing for so long was lost with its process; it may be started again."""


def keep_map(field_map: FieldMap, name: str, actor: str, storage: PartnerStorage, clock: Clock, ids: Ids) -> FieldMap:
    """Keep the mapping under a name of the partner's, in place of one that has it."""
    with storage.writing() as work:
        same = next((each.id for each in work.imports.maps(field_map.partner) if each.name == name), "")
        kept = replace(field_map, id=same or ids.new("map"), name=name)
        work.imports.put_map(kept)
        detail = {"partner": kept.partner, "fields": str(len(kept.columns))}
        work.audit.append([AuditRow(ids.new("aud"), clock.now(), actor, "import.map_kept", f"map:{kept.id}", detail=detail)])
    return kept


class WaitingFiles:
    """Files that came over the portal. Each lies sealed in the blobs under the id of its run until it is done, dropped or forgotten."""

    def __init__(self, storage: PartnerStorage, blobs: Blobs, sealer: Sealer, readers: Readers, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._blobs = blobs
        self._sealer = sealer
        self._readers = readers
        self._clock = clock
        self._ids = ids

    def take(self, content: bytes, partner: Partner, actor: str) -> ImportRun:
        """Keep a file that came in. Raises ``InvalidInput`` if it is of no kind that can be read."""
        file, now = io.BytesIO(content), self._clock.now()
        state = ImportState.WAITING
        run = ImportRun(self._ids.new("imp"), partner.slug, actor, now, digest_of(file), state=state, seen_at=now, kind=kind_of(file))
        self._blobs.put(run.id, self._sealer.seal(Purpose.DRAFT, run.id, content))  # before the row: a row without its file would mislead
        self._put(run, "import.uploaded", actor, bytes=str(len(content)))
        return run

    def get(self, run_id: str, partner: Partner) -> ImportRun:
        """The run, if it is this partner's. Raises ``NotFound``."""
        with self._storage.reading() as work:
            run = work.imports.get_run(run_id)
        if run is None or run.partner != partner.slug:
            raise NotFound("import", run_id)
        return run

    def choose(self, run: ImportRun, field_map: FieldMap | None, sheet: str) -> ImportRun:
        """Remember what was chosen for the file. Raises ``Conflict`` once it runs or is done."""
        self.check_startable(run)
        chosen = replace(run, field_map=field_map, sheet=sheet)
        with self._storage.writing() as work:
            work.imports.put_run(chosen)
        return chosen

    def check_startable(self, run: ImportRun) -> None:
        """Raise ``Conflict`` unless the run may be started: it waits, was stopped, or was lost with its process."""
        if run.state is ImportState.DONE or (run.state is ImportState.RUNNING and not self.lost(run)):
            raise Conflict("this import is running or done already. Upload the file again to import it anew.")

    def lost(self, run: ImportRun) -> bool:
        """Whether a running import was lost with its process."""
        return run.state is ImportState.RUNNING and self._clock.now() - (run.seen_at or run.begun_at) > SILENT

    def open(self, run: ImportRun, sheet: str = "", field_map: FieldMap | None = None) -> Table:
        """The table in the file. Raises ``NotFound`` once the file is gone, ``InvalidInput`` if it cannot be read so."""
        return open_table(self._file(run), self._readers, sheet or run.sheet, field_map or run.field_map)

    def drop(self, run: ImportRun, actor: str) -> None:
        """Destroy a file that waits; the run says that nothing of it was taken."""
        self.check_startable(run)
        self._blobs.destroy(run.id)
        self._put(replace(run, state=ImportState.DONE, done_at=self._clock.now()), "import.dropped", actor)

    def done(self, run: ImportRun) -> None:
        """Destroy the file of a run that is over."""
        if run.state is ImportState.DONE:
            self._blobs.destroy(run.id)

    def forget(self) -> int:
        """Destroy files that nobody goes on with, and those that belong to nothing; return how many. For housekeeping."""
        gone = 0
        for name in self._blobs.names("imp"):
            with self._storage.reading() as work:
                run = work.imports.get_run(name)
            over = self._clock.now() - WAITS
            if run is None or run.state is ImportState.DONE or (run.seen_at or run.begun_at) <= over:
                self._blobs.destroy(name)
                gone += 1
                if run and run.state is not ImportState.DONE:
                    self._put(replace(run, state=ImportState.DONE, done_at=self._clock.now()), "import.forgotten", "system:clocks")
        return gone

    def _file(self, run: ImportRun) -> BinaryIO:
        sealed = self._blobs.get(run.id)
        if sealed is None:
            raise NotFound("file of the import", run.id)
        return io.BytesIO(self._sealer.open(Purpose.DRAFT, run.id, sealed))

    def _put(self, run: ImportRun, action: str, actor: str, **detail: str) -> None:
        with self._storage.writing() as work:
            work.imports.put_run(run)
            facts = {"partner": run.partner, "kind": run.kind.value, **detail}
            work.audit.append([AuditRow(self._ids.new("aud"), self._clock.now(), actor, action, f"import:{run.id}", detail=facts)])


def forget_files(storage: PartnerStorage, blobs: Blobs, clock: Clock, ids: Ids) -> int:
    """Destroy files that nobody goes on with, and those that belong to nothing; return how many. None of them is opened."""
    gone, now = 0, clock.now()
    for name in blobs.names("imp"):
        with storage.reading() as work:
            run = work.imports.get_run(name)
        if run and run.state is not ImportState.DONE and now - (run.seen_at or run.begun_at) < WAITS:
            continue
        blobs.destroy(name)
        gone += 1
        if run and run.state is not ImportState.DONE:
            row = AuditRow(ids.new("aud"), now, "system:clocks", "import.forgotten", f"import:{name}", detail={"partner": run.partner})
            with storage.writing() as work:
                work.imports.put_run(replace(run, state=ImportState.DONE, done_at=now))
                work.audit.append([row])
    return gone
