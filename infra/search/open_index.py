"""One tantivy index on disk, opened: its searcher, and the writing of documents under the rule of versions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from tantivy import DocAddress, Index, IndexWriter, Order, Query, Searcher

from infra.search.analysis import Analysis
from infra.search.compile import Compiler
from infra.search.fields import build_schema, from_engine, to_engine
from triage.domain.document import CaseDocument
from triage.domain.errors import Unavailable

_HEAP_BYTES = 20_000_000


class OpenIndex:
    """An index in a folder of its own. Any number of processes may read it while one writes."""

    def __init__(self, path: Path, analysis: Analysis) -> None:
        """Open the index in ``path``, or make one if there is none yet. Raises ``Unavailable`` if that cannot be done."""
        self.schema = build_schema()
        self.compiler = Compiler(self.schema, analysis)
        self._meta = path / "meta.json"
        self._lock = Lock()
        self._writer: IndexWriter | None = None
        with engine_errors("opened"):
            self._index = Index(self.schema, str(path))
            self._index.config_reader("manual")  # the other policy keeps a thread that polls the folder
            analysis.register(self._index)
            self._seen = self._stamp()
            self._index.reload()

    def searcher(self) -> Searcher:
        """A searcher that sees everything that was committed, by whatever process."""
        with engine_errors("read"), self._lock:
            if (stamp := self._stamp()) != self._seen:
                self._index.reload()
                self._seen = stamp
            return self._index.searcher()

    def put(self, documents: Sequence[CaseDocument]) -> None:
        """Add or replace the documents that are not older than what is there, and commit. Not for two callers at a time."""
        newest: dict[str, CaseDocument] = {}
        for document in documents:
            if document.case_id not in newest or document.version >= newest[document.case_id].version:
                newest[document.case_id] = document
        known = self._versions(list(newest))
        wanted = [document for document in newest.values() if document.version >= known.get(document.case_id, 0)]
        if wanted:
            self._write(wanted, self.last_sequence() + 1)

    def last_sequence(self) -> int:
        """The number of the last ``put`` that changed something; 0 before the first."""
        found = self.searcher().search(Query.all_query(), 1, count=False, order_by_field="sequence").hits
        return int(found[0][0]) if found else 0

    def put_after(self, sequence: int) -> list[CaseDocument]:
        """The documents of every ``put`` after the one with this number."""
        searcher = self.searcher()
        later = self.compiler.between(sequence + 1, None, "sequence")
        found = searcher.search(later, searcher.num_docs + 1, order_by_field="sequence", order=Order.Asc).hits
        return [from_engine(searcher.doc(address)) for _, address in found]

    def close(self) -> None:
        """End writing, when what the engine does in the background is done."""
        if self._writer is not None:
            with engine_errors("closed"):
                self._writer.wait_merging_threads()
            self._writer = None

    def abandon(self) -> None:
        """End writing without waiting: for an index that another has replaced."""
        self._writer = None

    def _versions(self, case_ids: Sequence[str]) -> dict[str, int]:
        searcher = self.searcher()
        asked = Query.term_set_query(self.schema, "id", case_ids)
        found = searcher.search(asked, max(len(case_ids), 1), count=False, order_by_field="version").hits
        return {case_id_of(searcher, address): version for version, address in found}

    def _write(self, documents: Sequence[CaseDocument], sequence: int) -> None:
        made = [(document.case_id, to_engine(document, sequence)) for document in documents]
        try:
            with engine_errors("written"):
                self._writer = self._writer or self._index.writer(_HEAP_BYTES, 1)
                for case_id, document in made:
                    self._writer.delete_documents_by_term("id", case_id)
                    self._writer.add_document(document)
                self._writer.commit()
        except Unavailable:
            self._writer = None  # what it holds is not committed and must not be with the next put
            raise

    def _stamp(self) -> tuple[int, int]:
        """Changes with every commit, because the engine then puts a new file in the place of the old one."""
        found = os.stat(self._meta)
        return found.st_ino, found.st_mtime_ns


def case_id_of(searcher: Searcher, address: DocAddress) -> str:
    """The case whose document is at ``address``."""
    return str(searcher.doc(address).get_first("id"))


@contextmanager
def engine_errors(done: str) -> Iterator[None]:
    """Turn what the engine raises (it knows only ``ValueError``) into ours."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise Unavailable(f"the search index cannot be {done}. Look whether its disk is full or read-only, then try again.") from error
