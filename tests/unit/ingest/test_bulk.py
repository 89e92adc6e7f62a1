"""Importing a file: each row a tip or a reason, nothing twice, and the run says what became of it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from infra.tables import table_readers
from ingest.domain.field_map import FieldMap, ImportRun, ImportState
from ingest.domain.partner import Partner, Quotas
from ingest.lanes import EVENTS
from ingest.ports import Acceptance, Outcome, Table
from ingest.receive import Receiver
from ingest.tables.bulk import REFUSED_KEPT, TOGETHER, Importer, preview
from ingest.tables.importing import SILENT, WAITS, WaitingFiles, forget_files, keep_map
from ingest.tables.opening import open_table
from ingest.writer import GroupWriter
from tests.builders import NOON
from tests.intake import SCHOOL, TRUCKING, Intake
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from triage.domain.tip import Channel

MAP = FieldMap("map_1", TRUCKING.slug, "calls", {"narrative": ("What",), "place.town": ("Town",), "partner.reference": ("No",)})
HEAD = "No,Town,What\n"


def table(text: str, field_map: FieldMap | None = MAP) -> Table:
    return open_table(io.BytesIO(text.encode()), table_readers(), field_map=field_map)


def importer(intake: Intake, receiver: Receiver | None = None, pauses: list[float] | None = None) -> Importer:
    deps = intake.deps

    async def pause(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)

    return Importer(deps.partner_side, receiver or deps.receiver, deps.sealer, deps.clock, deps.ids, pause)


def a_run(number: int = 1, **given: Any) -> ImportRun:
    return replace(ImportRun(f"imp_{number}", TRUCKING.slug, "staff:stf_1", NOON, "0" * 64, field_map=MAP), **given)


def imported(intake: Intake, text: str, partner: Partner = TRUCKING, number: int = 1, **given: Any) -> ImportRun:
    run = a_run(number, partner=partner.slug, **given)
    return importer(intake).run(run, table(text, run.field_map), partner)


def tips_of(intake: Intake) -> list[str]:
    return [str(logged.event.payload["tip"]) for logged in intake.events.read("test", list(EVENTS.values()), 10_000)]


def actions(intake: Intake, object: str) -> list[str]:
    with intake.deps.storage.reading() as work:
        return sorted(row.action for row in work.audit.of_object(object, 100))


def test_each_row_becomes_a_tip_or_is_told_why_not(intake: Intake) -> None:
    run = imported(intake, HEAD + "1,York,A white van.\n2,York,\n,,\n3,York,!!!\n4,York,A girl cried.,too many\n")
    assert (run.rows, run.accepted, run.repeated, run.refused_rows, run.state) == (4, 1, 0, 3, ImportState.DONE)
    assert [said[:3] for said in run.refused] == [(3, "What", "required"), (5, "What", "no_words"), (6, "", "too_many_cells")]
    [tip_id] = tips_of(intake)
    with intake.deps.partner_side.reading() as work:
        tip = work.tips.get(tip_id)
        assert work.imports.get_run(run.id) == run
    assert tip is not None
    assert (tip.channel, tip.narrative, tip.place.town, tip.partner_reference, tip.partner) == (
        Channel.BULK, "A white van.", "York", "1", TRUCKING.slug,
    )  # fmt: skip
    assert actions(intake, f"import:{run.id}") == ["import.begun", "import.done"]


def test_the_same_file_again_changes_nothing(intake: Intake) -> None:
    text = HEAD + "".join(f"{n},York,Van number {n}.\n" for n in range(TOGETHER + 40))
    first = imported(intake, text)
    again = imported(intake, text, number=2)
    assert (first.accepted, again.accepted, again.repeated) == (TOGETHER + 40, 0, TOGETHER + 40)
    assert len(tips_of(intake)) == TOGETHER + 40
    intake.clock.forward(days=9 * 365)
    assert imported(intake, text, number=3).accepted == 0


def test_rows_that_say_the_same_count_once_and_other_partners_count_for_themselves(intake: Intake) -> None:
    text = HEAD + "1,York,A van.\n1,York,A van.\n"
    run = imported(intake, text)
    assert (run.accepted, run.repeated) == (1, 1)
    assert imported(intake, text, SCHOOL, number=2).accepted == 1


def test_a_key_column_knows_a_row_again_that_was_changed(intake: Intake) -> None:
    keyed = replace(MAP, key="No")
    imported(intake, HEAD + "1,York,A van.\n", field_map=keyed)
    run = imported(intake, HEAD + "1,York,A red van.\n2,York,A bus.\n", number=2, field_map=keyed)
    assert (run.accepted, run.refused_rows, run.refused[0][:3]) == (1, 1, (2, "No", "changed"))


def test_submissions_that_are_ready_need_no_mapping(intake: Intake) -> None:
    text = '{"narrative": "A van.", "channel": "api"}\n{"narrative": 3}\n{"narrative": "B", "surprise": 1}\n'
    run = imported(intake, text, field_map=None)
    assert (run.accepted, [said[:3] for said in run.refused]) == (1, [(2, "narrative", "wrong_type"), (3, "surprise", "unknown_field")])
    assert imported(intake, text, number=2, field_map=None).repeated == 1


def test_no_report_of_a_row_repeats_what_stands_in_it(intake: Intake) -> None:
    secret = "402-555-0143 Mary"
    mapped = replace(MAP, columns={**MAP.columns, "life_threat": ("Town",), "geo.lat": ("No",)})
    run = imported(intake, f'{HEAD}{secret},{secret},"{secret * 2_000}"\n', field_map=mapped)
    assert run.refused_rows == 1
    assert {said[2] for said in run.refused} == {"too_long", "not_a_choice", "not_a_number", "required"}  # half a point is none
    assert secret not in str(run.refused)


def test_what_the_agreement_does_not_cover_is_refused(intake: Intake) -> None:
    partner = replace(TRUCKING, agreed_fields=("partner",))
    run = imported(intake, HEAD + "1,York,A van.\n2,,A bus.\n", partner)
    assert (run.accepted, [said[:3] for said in run.refused]) == (1, [(2, "place", "not_agreed")])


def test_rows_beyond_the_quota_are_not_read(intake: Intake) -> None:
    partner = replace(TRUCKING, quotas=Quotas(rows_an_import=2))
    run = imported(intake, HEAD + "".join(f"{n},York,Van {n}.\n" for n in range(5)), partner)
    assert (run.rows, run.accepted, [said[:3] for said in run.refused]) == (3, 2, [(4, "", "too_many_rows")])


def test_a_daily_quota_ends_an_import_and_the_next_day_it_goes_on(intake: Intake) -> None:
    partner = replace(TRUCKING, quotas=Quotas(tips_a_day=3))
    text = HEAD + "".join(f"{n},York,Van {n}.\n" for n in range(5))
    imported(intake, HEAD + "9,York,A bus.\n", partner)
    run = imported(intake, text, partner, number=2)
    assert (run.accepted, [said[:3] for said in run.refused]) == (2, [(4, "", "quota_used")])
    intake.clock.forward(days=1)
    run = imported(intake, text, partner, number=3)
    assert (run.accepted, run.repeated, run.refused) == (3, 2, ())


def test_a_run_names_some_refused_rows_and_tells_all(intake: Intake) -> None:
    told: list[tuple[int, str, str, str]] = []
    text = HEAD + f"{1},York,\n" * (REFUSED_KEPT + 5)
    run = importer(intake).run(a_run(), table(text), TRUCKING, refused=told.extend)
    assert (run.refused_rows, len(run.refused), len(told)) == (REFUSED_KEPT + 5, REFUSED_KEPT, REFUSED_KEPT + 5)


def test_a_partner_that_may_not_report_cannot_import(intake: Intake) -> None:
    ended = replace(TRUCKING, agreement_until=NOON.date().replace(year=2025))
    with pytest.raises(NotAllowed):
        imported(intake, HEAD + "1,York,A van.\n", ended)
    assert tips_of(intake) == []


class Failing:
    """The store of an intake, out of reach after some batches, for so many tries. How the writer groups a batch is left to the writer."""

    def __init__(self, intake: Intake, batches: int, then: int = 10**9) -> None:
        self._store = intake.deps.store
        self.left = batches * TOGETHER
        self.then = then

    def accept(self, group: Sequence[Acceptance], now: Any) -> list[Outcome]:
        if self.left < len(group) and self.then:
            self.then -= 1
            raise Unavailable("the disk is full")
        self.left -= len(group)
        return self._store.accept(group, now)


def test_an_import_that_was_stopped_goes_on_and_takes_nothing_twice(intake: Intake) -> None:
    text = HEAD + "".join(f"{n},York,Van {n}.\n" for n in range(3 * TOGETHER))
    deps = intake.deps
    with GroupWriter(Failing(intake, 1), deps.clock, group=TOGETHER) as writer:  # type: ignore[arg-type]
        receiver = Receiver(writer, deps.sealer, deps.clock, deps.ids, deps.random)
        stopped = importer(intake, receiver).run(a_run(), table(text), TRUCKING)
    assert stopped.state is ImportState.STOPPED
    assert stopped.done_at is None
    assert 0 < stopped.accepted == stopped.rows < 3 * TOGETHER
    done = importer(intake).run(stopped, table(text), TRUCKING)
    assert (done.state, done.repeated, done.accepted + done.repeated) == (ImportState.DONE, stopped.accepted, 3 * TOGETHER)
    assert len(tips_of(intake)) == 3 * TOGETHER


def test_a_store_that_is_busy_for_a_while_is_asked_again(intake: Intake) -> None:
    text = HEAD + "".join(f"{n},York,Van {n}.\n" for n in range(50))
    pauses: list[float] = []
    deps = intake.deps
    with GroupWriter(Failing(intake, 0, then=2), deps.clock) as writer:  # type: ignore[arg-type]
        receiver = Receiver(writer, deps.sealer, deps.clock, deps.ids, deps.random)
        run = importer(intake, receiver, pauses).run(a_run(), table(text), TRUCKING)
    assert (run.state, run.accepted, run.repeated) == (ImportState.DONE, 50, 0)
    assert pauses
    assert pauses == sorted(pauses)


def test_a_preview_shows_rows_as_they_will_be_and_stores_nothing(intake: Intake) -> None:
    seen = preview(table(HEAD + "1,York,A van.\n2,York,\n" + "3,York,More.\n" * 30), TRUCKING, MAP)
    assert len(seen) == 20
    assert seen[0].submission is not None
    assert seen[0].submission.narrative == "A van."
    assert (seen[1].number, seen[1].errors[0][:3]) == (3, (3, "What", "required"))
    assert tips_of(intake) == []


@pytest.fixture
def waiting(intake: Intake) -> WaitingFiles:
    deps = intake.deps
    return WaitingFiles(deps.partner_side, deps.blobs, deps.sealer, table_readers(), deps.clock, deps.ids)


def test_a_file_waits_sealed_until_it_is_done(intake: Intake, waiting: WaitingFiles) -> None:
    run = waiting.take((HEAD + "1,York,A van.\n").encode(), TRUCKING, "staff:stf_1")
    assert b"A van." not in (intake.deps.blobs.get(run.id) or b"")
    with pytest.raises(NotFound):
        waiting.get(run.id, SCHOOL)
    chosen = waiting.choose(waiting.get(run.id, TRUCKING), MAP, "")
    done = importer(intake).run(chosen, waiting.open(chosen), TRUCKING)
    waiting.done(done)
    assert intake.deps.blobs.get(run.id) is None
    assert (done.accepted, done.by) == (1, "staff:stf_1")
    with pytest.raises(Conflict):
        waiting.check_startable(done)
    with pytest.raises(InvalidInput):
        waiting.take(b"", TRUCKING, "staff:stf_1")


def forget(intake: Intake) -> int:
    deps = intake.deps
    return forget_files(deps.partner_side, deps.blobs, deps.clock, deps.ids)


def test_files_that_nobody_goes_on_with_are_destroyed(intake: Intake, waiting: WaitingFiles) -> None:
    old = waiting.take(b"What\nA\n", TRUCKING, "staff:stf_1")
    intake.deps.blobs.put("imp_belongstonothing", b"x")
    intake.clock.forward(hours=WAITS.total_seconds() / 3600 - 1)
    fresh = waiting.take(b"What\nA\n", TRUCKING, "staff:stf_1")
    assert (forget(intake), intake.deps.blobs.names("imp")) == (1, sorted([old.id, fresh.id]))
    intake.clock.forward(hours=1)
    assert (forget(intake), intake.deps.blobs.names("imp")) == (1, [fresh.id])
    assert waiting.get(old.id, TRUCKING).state is ImportState.DONE
    assert actions(intake, f"import:{old.id}") == ["import.forgotten", "import.uploaded"]


def test_a_run_that_was_lost_with_its_process_can_be_started_again(intake: Intake, waiting: WaitingFiles) -> None:
    run = a_run(state=ImportState.RUNNING, seen_at=NOON)
    with pytest.raises(Conflict):
        waiting.check_startable(run)
    intake.clock.forward(seconds=SILENT.total_seconds() + 1)
    waiting.check_startable(run)


def test_a_mapping_is_kept_under_its_name(intake: Intake) -> None:
    deps = intake.deps
    for columns in ({"narrative": ("A",)}, {"narrative": ("B",)}):
        keep_map(replace(MAP, id="", columns=columns), "calls", "staff:stf_1", deps.partner_side, deps.clock, deps.ids)
    with deps.partner_side.reading() as work:
        [kept] = work.imports.maps(TRUCKING.slug)
    assert (kept.name, kept.columns) == ("calls", {"narrative": ("B",)})
    assert actions(intake, f"map:{kept.id}") == ["import.map_kept", "import.map_kept"]
