"""What desks see: queues, notices, acts and messages. Subclass and say how to open a storage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.samples import AT, a_message, a_notice, an_act, an_entry, later
from tests.contract.tips_suite import RecordsSuite
from triage.domain.assessment import Band, Urgency
from triage.domain.case import EntryState
from triage.domain.errors import AlreadyExists
from triage.ports import Storage

IN_ORDER = [
    an_entry("tip_7", life_threat=True, due_at=later(hours=8)),
    an_entry("tip_6", life_threat=True, due_at=later(hours=9), band=Band.UNLIKELY),
    an_entry("tip_5", due_at=later(hours=2), band=Band.POSSIBLE, state=EntryState.CLAIMED, claimed_by="usr_1"),
    an_entry("tip_4", due_at=later(hours=3), band=Band.LIKELY, entered_at=later(minutes=5)),
    an_entry("tip_3", due_at=later(hours=3), band=Band.POSSIBLE, entered_at=later(minutes=1)),
    an_entry("tip_2", due_at=later(hours=3), band=Band.POSSIBLE, entered_at=later(minutes=2)),
    an_entry("tip_1", due_at=later(hours=3), band=Band.UNLIKELY, entered_at=AT),
]


class QueueSuite(RecordsSuite):
    def test_holds_one_entry_a_tip(self, storage: Storage) -> None:
        first = an_entry("tip_1")
        moved = replace(first, desk="cargo", state=EntryState.CLAIMED, claimed_by="usr_2", due_at=later(hours=2))
        with storage.writing() as work:
            work.queue.put(first)
            work.queue.put(moved)
        with storage.reading() as work:
            assert work.queue.get("tip_1") == moved
            assert (work.queue.open("trafficking", 10), work.queue.open("cargo", 10)) == ([], [moved])
            assert work.queue.get("tip_unknown") is None

    def test_lists_a_desks_open_entries(self, storage: Storage) -> None:
        others = [an_entry("tip_8", state=EntryState.DONE), an_entry("tip_9", desk="cargo")]
        with storage.writing() as work:
            for entry in [*sorted(IN_ORDER, key=lambda entry: entry.tip_id), *others]:
                work.queue.put(entry)
        with storage.reading() as work:
            assert [entry.tip_id for entry in work.queue.open("trafficking", 10)] == [entry.tip_id for entry in IN_ORDER]
            assert work.queue.open("trafficking", 3, offset=2) == IN_ORDER[2:5]
            assert work.queue.open("nobody", 10) == []
        assert sorted(IN_ORDER, key=lambda entry: entry.order(AT)) == IN_ORDER

    def test_counts_open_entries_by_desk(self, storage: Storage) -> None:
        others = [an_entry("tip_8", state=EntryState.DONE, life_threat=True), an_entry("tip_9", desk="cargo")]
        with storage.writing() as work:
            for entry in [*IN_ORDER, *others]:
                work.queue.put(entry)
        with storage.reading() as work:
            assert work.queue.counts() == {"trafficking": (7, 2), "cargo": (1, 0)}

    def test_names_the_life_threat_that_waits_longest(self, storage: Storage) -> None:
        taken = an_entry("tip_1", life_threat=True, state=EntryState.CLAIMED, claimed_by="usr_1", entered_at=AT)
        done = an_entry("tip_2", life_threat=True, state=EntryState.DONE, entered_at=AT)
        calm = an_entry("tip_3", entered_at=AT)
        second = an_entry("tip_4", life_threat=True, desk="cargo", entered_at=later(minutes=2))
        first = an_entry("tip_5", life_threat=True, desk="violent", entered_at=later(minutes=1), due_at=later(hours=9))
        with storage.writing() as work:
            assert work.queue.longest_waiting_threat() is None
            for entry in (taken, done, calm, second, first):
                work.queue.put(entry)
        with storage.reading() as work:
            assert work.queue.longest_waiting_threat() == first

    def test_leaves_out_what_is_put_off(self, storage: Storage) -> None:
        awake = an_entry("tip_1", life_threat=True)
        asleep = [an_entry("tip_2", snoozed_until=later(hours=3)), an_entry("tip_3", snoozed_until=later(hours=2))]
        elsewhere = an_entry("tip_4", desk="cargo", snoozed_until=later(hours=2))
        done = an_entry("tip_5", state=EntryState.DONE, snoozed_until=later(hours=2))
        with storage.writing() as work:
            for entry in (awake, *asleep, elsewhere, done):
                work.queue.put(entry)
        with storage.reading() as work:
            assert work.queue.open("trafficking", 10, now=AT) == [awake]
            assert work.queue.counts(AT) == {"trafficking": (1, 1)}
            assert work.queue.put_off("trafficking", AT, 10) == asleep[::-1]
            assert work.queue.put_off("trafficking", AT, 1) == asleep[1:]
            assert {entry.tip_id for entry in work.queue.open("trafficking", 10, now=later(hours=2))} == {"tip_1", "tip_3"}
            assert work.queue.counts(later(hours=2)) == {"trafficking": (2, 1), "cargo": (1, 0)}
            assert work.queue.put_off("trafficking", later(hours=2), 10) == asleep[:1]
            assert len(work.queue.open("trafficking", 10)) == 3

    def test_finds_those_that_wait(self, storage: Storage) -> None:
        first = an_entry("tip_1", urgency=Urgency.P1, entered_at=later(minutes=1), desk="cargo")
        threat = an_entry("tip_2", urgency=Urgency.P4, entered_at=later(minutes=2), life_threat=True)
        asleep = an_entry("tip_3", urgency=Urgency.P1, entered_at=later(minutes=3), snoozed_until=later(hours=2))
        others = [
            an_entry("tip_4", urgency=Urgency.P1, state=EntryState.CLAIMED, claimed_by="usr_1"),
            an_entry("tip_5", urgency=Urgency.P1, state=EntryState.DONE),
            an_entry("tip_6", urgency=Urgency.P2),
            an_entry("tip_7", urgency=Urgency.P4, state=EntryState.DONE, life_threat=True),
        ]
        with storage.writing() as work:
            for entry in (asleep, threat, *others, first):
                work.queue.put(entry)
        with storage.reading() as work:
            assert work.queue.waiting({Urgency.P1}) == [first, threat, asleep]
            assert work.queue.waiting({Urgency.P1, Urgency.P2}) == [others[2], first, threat, asleep]
            assert work.queue.waiting(()) == [threat]

    def test_counts_what_came_since(self, storage: Storage) -> None:
        entries = [
            an_entry("tip_1", entered_at=AT),
            an_entry("tip_2", entered_at=later(minutes=1)),
            an_entry("tip_3", entered_at=later(minutes=2), life_threat=True),
            an_entry("tip_4", entered_at=later(minutes=2), state=EntryState.CLAIMED, claimed_by="usr_1"),
            an_entry("tip_5", entered_at=later(minutes=2), state=EntryState.DONE),
            an_entry("tip_6", entered_at=later(minutes=2), desk="cargo"),
        ]
        with storage.writing() as work:
            for entry in entries:
                work.queue.put(entry)
        with storage.reading() as work:
            assert work.queue.came("trafficking", AT) == (2, 1)
            assert work.queue.came("trafficking", later(minutes=2)) == (0, 0)
            assert work.queue.came("nobody", AT) == (0, 0)

    def test_finds_many(self, storage: Storage) -> None:
        entries = [an_entry("tip_1"), an_entry("tip_2", state=EntryState.DONE), an_entry("tip_3", desk="cargo")]
        with storage.writing() as work:
            for entry in entries:
                work.queue.put(entry)
        with storage.reading() as work:
            assert work.queue.get_many(["tip_2", "tip_9", "tip_1", "tip_2"]) == {"tip_1": entries[0], "tip_2": entries[1]}
            assert work.queue.get_many([]) == {}


class NoticesSuite(RecordsSuite):
    def test_keeps_each_once(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.notices.add(a_notice(1))
            work.notices.add(a_notice(1))
            with pytest.raises(AlreadyExists, match="ntc_1"):
                work.notices.add(a_notice(1, reason="another"))
            assert work.notices.of_tip("tip_1") == [a_notice(1)]

    def test_lists_newest_first(self, storage: Storage) -> None:
        elsewhere, about_another = a_notice(4, desk="cargo"), a_notice(5, tip_id="tip_2")
        with storage.writing() as work:
            for notice in (a_notice(2), a_notice(3), a_notice(1), elsewhere, about_another):
                work.notices.add(notice)
        with storage.reading() as work:
            assert work.notices.of_desk("oversight", 3) == [about_another, a_notice(3), a_notice(2)]
            assert work.notices.of_tip("tip_1") == [elsewhere, a_notice(3), a_notice(2), a_notice(1)]


class ActsSuite(RecordsSuite):
    def test_lists_oldest_first(self, storage: Storage) -> None:
        at_once = [an_act(4, at=later(minutes=3)), an_act(3)]
        with storage.writing() as work:
            for act in (*at_once, an_act(1), an_act(2), an_act(5, tip_id="tip_2")):
                work.acts.add(act)
        with storage.reading() as work:
            assert work.acts.of_tip("tip_1") == [an_act(1), an_act(2), *at_once]
            assert work.acts.of_tip("tip_unknown") == []

    def test_lists_those_of_many_tips(self, storage: Storage) -> None:
        others = an_act(2, tip_id="tip_2"), an_act(4, tip_id="tip_3")
        with storage.writing() as work:
            for act in (an_act(3), an_act(1), *others):
                work.acts.add(act)
        with storage.reading() as work:
            assert work.acts.of_tips(["tip_2", "tip_9", "tip_1"]) == [an_act(1), others[0], an_act(3)]
            assert work.acts.of_tips([]) == []


class MessagesSuite(RecordsSuite):
    def test_lists_oldest_first(self, storage: Storage) -> None:
        at_once = [a_message(4, at=later(minutes=3), from_source=True, by=""), a_message(3)]
        with storage.writing() as work:
            for message in (*at_once, a_message(1), a_message(2), a_message(5, tip_id="tip_2")):
                work.messages.add(message)
        with storage.reading() as work:
            assert work.messages.of_tip("tip_1") == [a_message(1), a_message(2), *at_once]
            assert work.messages.of_tip("tip_unknown") == []

    def test_forgets_what_was_taken_back(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.messages.add(a_message(1))
            work.messages.add(a_message(2))
            work.messages.remove(a_message(1).id)
            work.messages.remove("msg_unknown")
        with storage.reading() as work:
            assert (work.messages.get(a_message(1).id), work.messages.get(a_message(2).id)) == (None, a_message(2))
            assert work.messages.of_tip("tip_1") == [a_message(2)]

    def test_lists_those_of_many_tips(self, storage: Storage) -> None:
        others = a_message(2, tip_id="tip_2"), a_message(4, tip_id="tip_3")
        with storage.writing() as work:
            for message in (a_message(3), a_message(1), *others):
                work.messages.add(message)
        with storage.reading() as work:
            assert work.messages.of_tips(["tip_2", "tip_9", "tip_1"]) == [a_message(1), others[0], a_message(3)]
            assert work.messages.of_tips([]) == []
