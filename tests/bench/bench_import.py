"""Importing 100,000 rows into a new installation, as CSV and as XLSX: rows a second, and by how much the process grew meanwhile."""

from __future__ import annotations

import csv
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from infra.crypto import KeyRing, KeyRingSealer
from infra.spreadsheets import XlsxReader
from infra.storage.database import open_database
from infra.storage.intake import SqlIntakeStore
from infra.storage.migrate import upgrade
from infra.storage.partner_work import SqlPartnerStorage
from infra.storage.partners import SqlPartners
from infra.system import SystemClock, SystemIds
from ingest.domain.field_map import ImportRun
from ingest.domain.partner import Partner
from ingest.ports.tables import TableReader
from ingest.receive import Receiver
from ingest.tables.bulk import Importer
from ingest.tables.map_guess import guess_map
from ingest.tables.opening import digest_of
from ingest.tables.table_csv import CsvReader
from ingest.writer import GroupWriter

HEAD = ("Incident No", "Date", "Room", "Town", "What happened", "Plate", "Danger")
TEXT = "A white van with Kansas plates stood at the side door and a girl was crying in it. "


def _row(number: int) -> Sequence[str]:
    return (f"N-{number}", "2026-11-01 02:10", str(number % 300), "York", f"{number}: {TEXT * 4}", f"ABC {number % 1000:03d}", "no")


def _write(folder: Path, count: int) -> dict[str, tuple[Path, TableReader]]:
    with (folder / "log.csv").open("w", encoding="utf8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(_row(number) for number in range(count))
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Log")
    sheet.append(HEAD)
    for number in range(count):
        sheet.append(_row(number + count))
    book.save(folder / "log.xlsx")
    return {"csv": (folder / "log.csv", CsvReader()), "xlsx": (folder / "log.xlsx", XlsxReader())}


def _resident_mb() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main(count: int = 100_000) -> None:
    """Print a line for each kind of file, and one for the same file again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = _write(folder, count)
        upgrade(f"sqlite:///{folder}/tipstream.db")
        clock, ids, partner = SystemClock(), SystemIds(SystemClock()), Partner("cottonwood-inns", "Cottonwood Inns", "hotel")
        with open_database(f"sqlite:///{folder}/tipstream.db") as database, GroupWriter(SqlIntakeStore(database), clock) as writer:
            SqlPartners(database).put(partner)
            sealer = KeyRingSealer(KeyRing.load(folder / "keys", secrets.token_bytes), clock)
            storage = SqlPartnerStorage(database)
            importer = Importer(storage, Receiver(writer, sealer, clock, ids, secrets.token_bytes), sealer, clock, ids)
            for kind in ("csv", "csv", "xlsx"):
                path, reader = files[kind]
                before, seen = _resident_mb(), [0.0]

                def watch(_: ImportRun, seen: list[float] = seen) -> None:
                    seen.append(_resident_mb())

                with path.open("rb") as file:
                    mapped = guess_map(HEAD, (), "hotel")
                    run = ImportRun(ids.new("imp"), partner.slug, "bench", clock.now(), digest_of(file), field_map=mapped)
                    table = reader.open(file)
                    began = time.perf_counter()
                    done = importer.run(run, table, partner, watch)
                    seconds = time.perf_counter() - began
                sys.stdout.write(
                    f"{kind:5} {done.rows:,} rows  {done.accepted:,} taken  {done.repeated:,} known  {done.refused_rows:,} refused  "
                    f"{done.rows / seconds:,.0f} rows/s  resident {before:.0f} MB before, {max(seen):.0f} MB at most\n"
                )
            sys.stdout.write(f"peak of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
