"""Searches that people keep, and who is told when a tip comes that one of them finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.domain.access import User, Viewer
from triage.domain.alert import Alert, AlertKind
from triage.domain.audit import AuditRow
from triage.domain.document import CaseDocument
from triage.domain.errors import NotFound, invalid
from triage.domain.query import Field, SavedSearch
from triage.ports import Clock, Ids, SearchMatcher, Storage
from triage.search.searching import NOTHING, Filters

MOST = 50
"""Saved searches of one person."""
NAME_LIMIT = 80
MOST_SHOWN = 500
"""Alerts of one person that are looked through for those that stand."""


class SavedSearching:
    """What a person does with kept searches. The matcher knows of a change when the call returns."""

    def __init__(self, storage: Storage, matcher: SearchMatcher, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._matcher = matcher
        self._clock = clock
        self._ids = ids

    def keep(self, viewer: Viewer, name: str, text: str, filters: Filters, without: Filters = NOTHING) -> SavedSearch:
        """Keep a search under a name; from now on the person is told about every tip that it finds. Raises ``InvalidInput``."""
        if not name.strip() or len(name) > NAME_LIMIT:
            raise invalid("name", "not_a_name", f"Give the search a name of at most {NAME_LIMIT} characters.")
        asked = as_text(text, filters, without)
        if not asked:
            raise invalid("q", "empty", "Search for something first: a kept search without words would find everything.")
        search = SavedSearch(self._ids.new("ssr"), viewer.user, name.strip(), asked, tuple(sorted(viewer.scope)), self._clock.now())
        with self._storage.writing() as work:
            work.hold([f"saved:{viewer.user}"])
            if len(work.saved.of_user(viewer.user)) >= MOST:
                raise invalid("name", "too_many", f"You keep {MOST} searches already; remove one first.")
            work.saved.put(search)
            work.audit.append([self._row(viewer, "search.keep", search.id)])
        self._matcher.put([search])
        return search

    def of(self, viewer: Viewer) -> list[SavedSearch]:
        """The person's searches."""
        with self._storage.reading() as work:
            return work.saved.of_user(viewer.user)

    def remove(self, viewer: Viewer, search_id: str) -> None:
        """Forget a search of the person's and what it told. Raises ``NotFound``."""
        with self._storage.writing() as work:
            if all(search.id != search_id for search in work.saved.of_user(viewer.user)):
                raise NotFound("saved search", search_id)
            work.saved.remove(search_id)
            work.alerts.forget(viewer.user, search_id)
            work.audit.append([self._row(viewer, "search.forget", search_id)])
        self._matcher.remove([search_id])

    def alerts(self, viewer: Viewer, limit: int) -> list[Alert]:
        """The person's alerts."""
        with self._storage.reading() as work:
            return work.alerts.of_user(viewer.user, limit)

    def unseen(self, viewer: Viewer) -> int:
        """How many of them the person has not seen."""
        with self._storage.reading() as work:
            return work.alerts.unseen(viewer.user)

    def waiting(self, viewer: Viewer) -> list[Alert]:
        """Those about tips that wait: they stand until somebody does something with the tip."""
        return [one for one in self.alerts(viewer, MOST_SHOWN) if one.kind is AlertKind.WAITING]

    def see(self, viewer: Viewer, ids: Sequence[str]) -> None:
        """The person has seen these. Having seen that a tip waits is not enough, so such an alert stays."""
        standing = {one.id for one in self.waiting(viewer)}
        with self._storage.writing() as work:
            work.alerts.see(viewer.user, [id for id in ids if id not in standing], self._clock.now())

    def _row(self, viewer: Viewer, action: str, search_id: str) -> AuditRow:
        return AuditRow(self._ids.new("aud"), self._clock.now(), f"user:{viewer.user}", action, f"search:{search_id}", viewer.purpose)


def tell(storage: Storage, matcher: SearchMatcher, clock: Clock, ids: Ids, documents: Sequence[CaseDocument]) -> None:
    """Tell people about the newest tip of each of these cases, where a search of theirs finds the case and was kept before the tip came.

    What a person may read is looked up now, not when the search was kept. Done again with the same cases, nobody is told twice.
    """
    matched = matcher.match(documents)
    if not matched:
        return
    with storage.writing() as work:
        searches = {search.id: search for search in work.saved.all()}
        work.alerts.add(
            [
                Alert(ids.new("alr"), search.user, AlertKind.SAVED_SEARCH, clock.now(), case.case_id, case.tips[-1], search.name, search.id)
                for case in documents
                for search in (searches[id] for id in matched.get(case.case_id, ()) if id in searches)
                if case.tips and search.created_at < case.received_at and _reads(work.users.by_id(search.user), case)
            ]
        )


def as_text(text: str, filters: Filters, without: Filters = NOTHING) -> str:
    """A search with the values that were picked and left out as one line that can be typed."""
    picked = [" OR ".join(f'{field.value}:"{value}"' for value in values) for field, values in _picked(filters).items()]
    left_out = [f'-{field.value}:"{value}"' for field, values in without.items() for value in values]
    typed = [f"({text.strip()})"] if text.strip() and (picked or left_out) else [text.strip()]
    return " ".join([*typed, *(f"({one})" for one in picked), *left_out]).strip()


def _picked(filters: Filters) -> Mapping[Field, Sequence[str]]:
    return {field: values for field, values in filters.items() if values}


def _reads(user: User | None, case: CaseDocument) -> bool:
    return user is not None and Viewer.of(user).reads(case.readers)
