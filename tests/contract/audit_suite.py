"""What every audit log must do inside a transaction. Subclass and say how to open a storage."""

from __future__ import annotations

from tests.builders import a_tip
from tests.contract.samples import an_audit_row, later
from tests.contract.tips_suite import RecordsSuite, undone
from triage.ports import Storage


class AuditSuite(RecordsSuite):
    def test_is_part_of_the_transaction(self, storage: Storage) -> None:
        with undone(storage) as work:
            work.audit.append([an_audit_row("aud_1")])
            work.tips.add(a_tip())
        with storage.writing() as work:
            work.audit.append(iter([an_audit_row("aud_2")]))
            work.audit.append([])
        with storage.reading() as work:
            assert [row.id for row in work.audit.of_object("tip:tip_1", 10)] == ["aud_2"]

    def test_lists_what_happened_to_an_object(self, storage: Storage) -> None:
        rows = [an_audit_row("aud_9", at=later(minutes=2), purpose=""), an_audit_row("aud_3", detail={}), an_audit_row("aud_4")]
        with storage.writing() as work:
            work.audit.append([rows[0], an_audit_row("aud_5", object="tip:tip_2")])
            work.audit.append(rows[1:])
        with storage.reading() as work:
            assert work.audit.of_object("tip:tip_1", 10) == rows
            assert work.audit.of_object("tip:tip_1", 2) == rows[1:]
            assert work.audit.of_object("tip:tip_3", 10) == []

    def test_says_who_did_it_of_late(self, storage: Storage) -> None:
        looks = [("aud_1", 0, "usr_4"), ("aud_2", 5, "usr_1"), ("aud_3", 6, "usr_2"), ("aud_4", 7, "usr_1"), ("aud_5", 8, "usr_3")]
        rows = [an_audit_row(id, at=later(minutes=at), actor=f"user:{user}") for id, at, user in looks]
        claim = an_audit_row("aud_6", at=later(minutes=9), actor="user:usr_5", action="tip.claim")
        other = an_audit_row("aud_7", at=later(minutes=9), object="tip:tip_2", actor="system:clocks")
        old = an_audit_row("aud_8", object="tip:tip_3")
        with storage.writing() as work:
            work.audit.append([*rows, claim, other, old])
        asked = ["tip:tip_1", "tip:tip_2", "tip:tip_3", "tip:unknown"]
        with storage.reading() as work:
            found = work.audit.actors(asked, "tip.read", later(minutes=5))
            assert found == {"tip:tip_1": ("user:usr_3", "user:usr_1", "user:usr_2"), "tip:tip_2": ("system:clocks",)}
            assert work.audit.actors(asked[:1], "tip.claim", later(minutes=5)) == {"tip:tip_1": ("user:usr_5",)}
            assert work.audit.actors([], "tip.read", later(minutes=5)) == {}
