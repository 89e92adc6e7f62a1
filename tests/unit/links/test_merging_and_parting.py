"""Whatever was done before and between, nothing is lost by merging two cases and parting them."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.storage.database import open_database
from tests.builders import an_entity
from tests.unit.links.test_merging import ANA, BO, CHIEF, DAY, audit, everything, merge, part
from tests.world import VIN, World
from triage.domain.assessment import Band, Urgency
from triage.domain.attachment import Attachment
from triage.domain.case import CaseStatus, EntryState, Message
from triage.domain.errors import TipstreamError
from triage.domain.links import LinkVerdict, Verdict
from triage.domain.share import Share, ShareMode, SharePart
from triage.domain.work import CaseAct, CaseActKind, Task
from triage.links.merging import why_not

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "accept", "decline", "urgency", "note", "message", "arrive"]),
        st.integers(0, 5),
        st.sampled_from([ANA, BO, CHIEF]),
    ),
    max_size=4,
)


@settings(max_examples=25, deadline=None)
@given(before=STEPS, meanwhile=STEPS, shared=st.booleans())
def test_nothing_is_lost_by_merging_and_parting(migrated: Path, before: Any, meanwhile: Any, shared: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tipstream.db"
        shutil.copyfile(migrated, path)
        with open_database(f"sqlite:///{path}") as database:
            world = World(database)
            tips = [world.arrive(vin=VIN), world.arrive(vin=VIN), world.arrive(urgency=Urgency.P1, band=Band.LIKELY)]
            tips.append(world.arrive(read={"entities": [an_entity("phone", "+14025550143")]}))
            fill(world, tips)
            take(world, before, tips)
            first, second = tips[0], tips[-1] if shared else tips[2]
            if why_not(ANA, world.policy, world.case(first), world.case(second)):
                return
            was, trail = everything(world, tips), audit(world, *(f"tip:{tip}" for tip in tips), *(f"case:{world.case(t).id}" for t in tips))
            merged = merge(world, first, second)
            came = list(tips)
            take(world, meanwhile, came, merged=True)
            quiet = world.version(first) == merged.into_after.version and came == tips if merged.into_after else False
            if world.case(first).status is CaseStatus.CLOSED:
                return
            part(world, merged)
            now = everything(world, tips)
            for object, rows in trail.items():
                assert world.audit(object)[: len(rows)] == rows, "an audit row is missing or was changed"
            assert now["places"] == was["places"]
            for kept in (
                "tips",
                "readings",
                "decisions",
                "pictures",
                "senders",
                "outcomes",
                "notices",
                "verdicts",
                "tasks",
                "files",
                "shares",
            ):
                assert now[kept] == was[kept], kept
            for tip in tips:
                assert now["threads"][tip][: len(was["threads"][tip])] == was["threads"][tip]
                assert now["acts"][tip][: len(was["acts"][tip])] == was["acts"][tip]
            if quiet:  # whatever was done with other cases
                for case in (merged.into, merged.merged):
                    assert now["cases"][case] == was["cases"][case]
                    for tip in was["cases"][case].tips:
                        assert now["entries"][tip] == was["entries"][tip]
            for tip in came:
                entry, case = world.entry(tip), world.case(tip)
                assert (entry.case_id, entry.desk) == (case.id, case.desk)
                assert entry.state is EntryState.DONE or case.status is not CaseStatus.CLOSED
                assert case.urgency.at_least(entry.urgency)


def fill(world: World, tips: list[str]) -> None:
    """Something of every sort on the tips and their cases."""
    now = world.clock.now()
    with world.storage.writing() as work:
        for number, tip in enumerate(tips):
            case = work.cases.of_tip(tip)
            assert case
            work.messages.add(Message(f"msg_{number}", tip, now, True, "She is back."))
            work.attachments.put(Attachment(f"att_{number}", tip, now, "a" * 64, "image/jpeg", 100, 10, 10))
            work.verdicts.put(LinkVerdict(tip, "tip_else", Verdict.DIFFERENT, ("phone",), "usr_bo", now))
            work.tasks.put(Task(f"tsk_{number}", case.id, "Call the owner", "usr_bo", now))
            share = Share(
                f"shr_{number}",
                case.id,
                "trafficking",
                "child",
                ShareMode.INFO,
                (tip,),
                (SharePart.TEXT,),
                "theirs",
                "usr_bo",
                now,
                now + DAY,
            )
            work.shares.put(share)
            work.case_acts.put(CaseAct(f"cac_{number}", case.id, CaseActKind.NOTE, "usr_bo", now, "as it was"))


def take(world: World, steps: Any, tips: list[str], merged: bool = False) -> None:
    """Do what may be done of these steps; new tips are added to ``tips``."""
    for kind, number, viewer in steps:
        tip = tips[number % len(tips)]
        world.clock.at += timedelta(minutes=1)
        try:
            match kind:
                case "claim":
                    world.casework.claim(viewer, tip, world.version(tip))
                case "accept":
                    world.casework.accept(viewer, tip, world.version(tip))
                case "decline":
                    world.casework.decline(viewer, tip, world.version(tip), "unfounded", "looked into")
                case "urgency":
                    level = list(Urgency)[number % 4]
                    world.casework.set_urgency(viewer, tip, world.version(tip), level, "as the test says")
                case "message":
                    with world.storage.writing() as work:
                        work.messages.add(Message(world.ids.new("msg"), tip, world.clock.now(), True, "More."))
                case "arrive" if merged:
                    tips.append(world.arrive(vin=VIN))
                case _:
                    pass
        except TipstreamError:
            pass
