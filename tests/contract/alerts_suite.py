"""What every store of people's alerts must do. Subclass and say how to open a storage."""

from __future__ import annotations

from dataclasses import replace

from tests.contract.samples import later
from tests.contract.tips_suite import RecordsSuite
from triage.domain.alert import Alert, AlertKind
from triage.ports import Storage


def an_alert(number: int = 1, user: str = "usr_1", source: str = "ssr_1") -> Alert:
    """An alert about the tip and case of this number."""
    at = later(minutes=number)
    return Alert(f"alr_{number}", user, AlertKind.SAVED_SEARCH, at, f"case_{number}", f"tip_{number}", "Grey vans", source)


class AlertsSuite(RecordsSuite):
    def test_tells_once(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.alerts.add([an_alert(1), replace(an_alert(1), id="alr_8", about="Vans")])
            work.alerts.add([replace(an_alert(1), id="alr_9", at=later(days=1))])
            work.alerts.add([])
            assert work.alerts.of_user("usr_1", 10) == [an_alert(1)]
            others = [
                replace(an_alert(1), id="alr_2", source="ssr_2"),
                replace(an_alert(1), id="alr_3", tip_id="tip_3"),
                replace(an_alert(1), id="alr_4", user="usr_2"),
            ]
            work.alerts.add(others)
        with storage.reading() as work:
            assert (work.alerts.unseen("usr_1"), work.alerts.unseen("usr_2")) == (3, 1)

    def test_lists_a_persons_alerts(self, storage: Storage) -> None:
        seen = replace(an_alert(4), seen_at=later(hours=1))
        with storage.writing() as work:
            work.alerts.add([an_alert(1), an_alert(3), seen, an_alert(2), an_alert(5, user="usr_2")])
        with storage.reading() as work:
            assert work.alerts.of_user("usr_1", 10) == [an_alert(3), an_alert(2), an_alert(1), seen]
            assert work.alerts.of_user("usr_1", 2) == [an_alert(3), an_alert(2)]
            assert work.alerts.of_user("usr_9", 10) == []

    def test_counts_what_was_not_seen(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.alerts.add([an_alert(1), an_alert(2), replace(an_alert(3), seen_at=later(hours=1)), an_alert(4, user="usr_2")])
            assert (work.alerts.unseen("usr_1"), work.alerts.unseen("usr_2"), work.alerts.unseen("usr_9")) == (2, 1, 0)

    def test_marks_only_ones_own(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.alerts.add([an_alert(1), an_alert(2), an_alert(3, user="usr_2")])
            work.alerts.see("usr_1", ["alr_1", "alr_3", "alr_9"], later(hours=1))
            work.alerts.see("usr_1", ["alr_1"], later(hours=2))
        with storage.reading() as work:
            seen = {alert.id: alert.seen_at for alert in work.alerts.of_user("usr_1", 10)}
            assert seen == {"alr_1": later(hours=1), "alr_2": None}
            assert work.alerts.of_user("usr_2", 10) == [an_alert(3, user="usr_2")]

    def test_forgets_those_of_a_source(self, storage: Storage) -> None:
        kept = [an_alert(2, source="ssr_2"), an_alert(3, user="usr_2")]
        with storage.writing() as work:
            work.alerts.add([an_alert(1), *kept])
            work.alerts.forget("usr_1", "ssr_1")
        with storage.reading() as work:
            assert [*work.alerts.of_user("usr_1", 10), *work.alerts.of_user("usr_2", 10)] == kept
