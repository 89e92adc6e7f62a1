"""What every store of saved searches must do. Subclass and say how to open a storage."""

from __future__ import annotations

from tests.contract.samples import a_search
from tests.contract.tips_suite import RecordsSuite
from triage.ports import Storage


class SavedSearchesSuite(RecordsSuite):
    def test_put_replaces(self, storage: Storage) -> None:
        changed = a_search(1, name="Lorries", text="lorry", desks=())
        with storage.writing() as work:
            work.saved.put(a_search(1))
            work.saved.put(a_search(2))
            assert work.saved.all() == [a_search(1), a_search(2)]
            work.saved.put(changed)
        with storage.reading() as work:
            assert work.saved.all() == [changed, a_search(2)]

    def test_lists_a_persons_searches(self, storage: Storage) -> None:
        early = a_search(9, created_at=a_search(1).created_at)
        with storage.writing() as work:
            for search in (a_search(3), early, a_search(2, user="usr_2"), a_search(1)):
                work.saved.put(search)
        with storage.reading() as work:
            assert work.saved.of_user("usr_1") == [a_search(1), early, a_search(3)]
            assert work.saved.of_user("usr_9") == []
            assert work.saved.all() == [a_search(1), early, a_search(2, user="usr_2"), a_search(3)]

    def test_forgets_what_was_removed(self, storage: Storage) -> None:
        with storage.writing() as work:
            for number in (1, 2):
                work.saved.put(a_search(number))
            work.saved.remove("ssr_1")
            work.saved.remove("ssr_unknown")
        with storage.reading() as work:
            assert work.saved.all() == work.saved.of_user("usr_1") == [a_search(2)]
