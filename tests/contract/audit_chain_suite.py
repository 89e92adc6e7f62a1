"""What every audit chain must do. Subclass and say how to open one, the storage that writes the rows, and how to lock it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.contract.samples import an_audit_row, later
from tests.contract.tips_suite import Behind, undone
from triage.domain.audit import GENESIS, AuditRow, chain_hash, first_break
from triage.domain.errors import Unavailable
from triage.ports import AuditChain

Append = Callable[..., None]


class AuditChainSuite:
    def open(self, folder: Path, wait_seconds: float = 0.05) -> AbstractContextManager[AuditChain]:
        """Open the chain that lives in ``folder``; called again, it is the same chain. A sealer waits so long for writers."""
        raise NotImplementedError

    def behind(self, folder: Path) -> AbstractContextManager[Behind]:
        """Open the storage that writes the rows in ``folder``."""
        raise NotImplementedError

    def locked(self, folder: Path) -> AbstractContextManager[None]:
        """Keep everybody from writing to the store in ``folder`` while the block runs."""
        raise NotImplementedError

    @pytest.fixture
    def chain(self, tmp_path: Path) -> Iterator[AuditChain]:
        with self.open(tmp_path) as chain:
            yield chain

    @pytest.fixture
    def append(self, tmp_path: Path) -> Iterator[Append]:
        with self.behind(tmp_path) as behind:

            def append(*rows: AuditRow, undo: bool = False) -> None:
                with undone(behind.storage) if undo else behind.storage.writing() as work:
                    work.audit.append(rows)

            yield append

    def test_seals_in_commit_order(self, chain: AuditChain, append: Append) -> None:
        assert (chain.seal(10), chain.rows(0, 10)) == (0, [])
        rows = [an_audit_row("aud_9", at=later(hours=1)), an_audit_row("aud_5"), an_audit_row("aud_7", detail={})]
        append(*rows[:2])
        append(an_audit_row("aud_1"), undo=True)
        append(rows[2])
        assert (chain.unsealed(), chain.rows(0, 10)) == (3, [])
        assert chain.seal(10) == 3
        sealed = chain.rows(0, 10)
        assert [one.row for one in sealed] == rows
        assert [one.position for one in sealed] == [1, 2, 3]
        assert sealed[0].hash == chain_hash(GENESIS, rows[0])
        assert sealed[1].hash == chain_hash(sealed[0].hash, rows[1])
        assert first_break(sealed) is None
        assert chain.rows(1, 1) == sealed[1:2]

    def test_never_blocks_acceptance(self, chain: AuditChain, append: Append, tmp_path: Path) -> None:
        append(an_audit_row("aud_1"))
        with self.locked(tmp_path), pytest.raises(Unavailable):
            chain.seal(10)
        append(an_audit_row("aud_2"))
        assert chain.seal(10) == 2
        append(an_audit_row("aud_3"))
        assert chain.unsealed() == 1

    def test_one_sealer(self, chain: AuditChain, append: Append, tmp_path: Path) -> None:
        append(*(an_audit_row(f"aud_{number}") for number in range(50)))
        sealed: list[int] = []

        def seal(patient: AuditChain) -> None:
            while count := patient.seal(7):
                sealed.append(count)

        with self.open(tmp_path, wait_seconds=30) as one, self.open(tmp_path, wait_seconds=30) as other:
            sealers = [threading.Thread(target=seal, args=(patient,)) for patient in (one, other)]
            for sealer in sealers:
                sealer.start()
            for sealer in sealers:
                sealer.join()
        assert (sum(sealed), max(sealed), chain.seal(7), chain.unsealed()) == (50, 7, 0, 0)
        found = chain.rows(0, 100)
        assert first_break(found) is None
        assert [one.row.id for one in found] == [f"aud_{number}" for number in range(50)]

    def test_finds_the_sealed_rows_of_objects(self, chain: AuditChain, append: Append) -> None:
        append(an_audit_row("aud_1", object="tip:1"), an_audit_row("aud_2", object="tip:2"), an_audit_row("aud_3", object="tip:1"))
        assert chain.of_objects(["tip:1"]) == {}, "nothing is sealed yet"
        chain.seal(10)
        append(an_audit_row("aud_4", object="tip:1"))
        many = [f"tip:{number}" for number in range(1200)]
        assert chain.of_objects(["tip:1", "tip:9"]) == {"tip:1": [sealed for sealed in chain.rows(0, 10) if sealed.row.object == "tip:1"]}
        assert [len(rows) for rows in chain.of_objects(many).values()] == [2, 1]
        assert chain.of_objects([]) == {}
