"""What every store of accounts must do. Subclass and say how to open a storage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.samples import AT, a_user, later
from tests.contract.tips_suite import RecordsSuite
from triage.domain.access import Role
from triage.domain.errors import AlreadyExists
from triage.ports import Storage


class UsersSuite(RecordsSuite):
    def test_finds_by_name(self, storage: Storage) -> None:
        with storage.writing() as work:
            for number in (2, 1):
                work.users.put(a_user(number))
        with storage.reading() as work:
            assert work.users.by_name("áNALYST2") == a_user(2)
            assert work.users.by_id("usr_1") == a_user(1)
            assert work.users.all() == [a_user(1), a_user(2)]
            assert (work.users.by_name("nobody"), work.users.by_id("usr_9")) == (None, None)

    def test_put_replaces(self, storage: Storage) -> None:
        changed = replace(a_user(1), name="Renamed", desks=frozenset(), role=Role.ADMIN, active=False)
        with storage.writing() as work:
            work.users.put(a_user(1))
            work.users.start_session("hash", "usr_1", later(hours=1))
            work.users.put(changed)
        with storage.reading() as work:
            assert work.users.all() == [changed]
            assert work.users.by_name(a_user(1).name) is None
            assert work.users.by_session("hash", AT) == changed

    def test_refuses_a_name_that_is_taken(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.users.put(a_user(1))
        with pytest.raises(AlreadyExists, match="user"), storage.writing() as work:
            work.users.put(replace(a_user(2), name=a_user(1).name.upper()))
        with storage.reading() as work:
            assert work.users.all() == [a_user(1)]

    def test_forgets_ended_sessions(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.users.put(a_user(1))
            for token_hash in ("ended", "running"):
                work.users.start_session(token_hash, "usr_1", later(hours=1))
            work.users.end_session("ended")
        with storage.reading() as work:
            assert work.users.by_session("ended", AT) is None
            assert work.users.by_session("running", later(minutes=59)) == a_user(1)
            assert work.users.by_session("running", later(hours=1)) is None
            assert work.users.by_session("unknown", AT) is None
