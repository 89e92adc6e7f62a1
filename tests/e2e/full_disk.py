"""Any command on a SQLite database that may hold no more pages than a file says: a disk that a test can fill and empty.

``python full_disk.py FILE COMMAND ...``: the limit is read at the beginning of each transaction.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from infra.cli import main


def _limit(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA max_page_count = {int(LIMIT.read_text())}")


if __name__ == "__main__":
    LIMIT = Path(sys.argv.pop(1))
    event.listen(Engine, "begin", _limit)
    main()
