"""A world in which people of several agencies share cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from infra.storage.database import Database
from ingest.ports import Purpose
from tests.builders import example_files
from tests.world import World, a_viewer
from triage.domain.access import Role, User, Viewer
from triage.domain.attachment import Attachment
from triage.domain.share import Share, ShareMode, SharePart
from triage.policy_files.agencies import load_agencies
from triage.sharing.restriction import Restriction
from triage.sharing.shares import Sharing
from triage.sharing.task_forces import TaskForces
from triage.sharing.wishes import Wish

JPEG = b"\xff\xd8\xff picture"
ANA = a_viewer("trafficking")
SUE = a_viewer("trafficking", role=Role.SUPERVISOR, user="usr_sue")
SAM = a_viewer("trafficking", role=Role.SUPERVISOR, user="usr_sam")
BO = a_viewer("trafficking", user="usr_bo")
CHI = a_viewer("child", user="usr_chi")
CAM = a_viewer("cargo", user="usr_cam")
VIC = a_viewer("victim-services", user="usr_vic")
OVE = a_viewer("oversight", role=Role.SUPERVISOR, user="usr_ove")
LIA = a_viewer("liaison", user="usr_lia")
PEOPLE = (ANA, SUE, SAM, BO, CHI, CAM, VIC, OVE, LIA)


class SharingWorld(World):
    """The store with people of every agency in it, and what they share."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.agencies = load_agencies(example_files(), self.policy)
        self.sharing = Sharing(self.storage, self.policy, self.agencies, self.vault, self.clock, self.ids)
        self.restriction = Restriction(self.storage, self.clock, self.ids)
        self.forces = TaskForces(self.storage, self.policy, self.clock, self.ids)
        for person in PEOPLE:
            self.person(person)

    def person(self, viewer: Viewer, active: bool = True) -> None:
        """Put an account, or change it."""
        with self.storage.writing() as work:
            user = User(viewer.user, viewer.name, viewer.name.capitalize(), viewer.role, viewer.desks, "", active)
            work.users.put(user)

    def wish(self, tip: str, to: str = "child", **given: Any) -> Wish:
        """Everything about the tip, for thirty days."""
        today = self.clock.now().date()
        sound: dict[str, Any] = {
            "to": to,
            "mode": ShareMode.INFO,
            "tips": (tip,),
            "parts": tuple(SharePart),
            "why": "The same van was seen there",
            "until": today + timedelta(days=30),
        }
        return Wish(**{**sound, **given})

    def share(self, viewer: Viewer, tip: str, to: str = "child", **given: Any) -> Share:
        """Share the tip's case."""
        case = self.case(tip)
        return self.sharing.share(viewer, case.id, case.version, self.wish(tip, to, **given))

    def picture(self, tip: str, number: int = 1) -> Attachment:
        """A picture that the sender added."""
        picture = Attachment(f"att_{number}", tip, self.clock.now(), "a" * 64, "image/jpeg", len(JPEG), 8, 6)
        self.blobs.put(picture.id, self.sealer.seal(Purpose.PHOTO, picture.id, JPEG))
        with self.storage.writing() as work:
            work.attachments.put(picture)
        return picture
