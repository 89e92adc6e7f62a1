"""The store: what is kept, and the transactions over it.

A ``UnitOfWork`` is one transaction; its parts (tips, cases, queue ...) are only usable inside it. Drivers' errors come out as
``Unavailable`` (retry) or as the ``Conflict`` that they mean.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from triage.domain.assessment import Assessment, Urgency
from triage.domain.audit import AuditRow, SealedRow
from triage.domain.care import HandOff
from triage.domain.case import Act, Case, CaseStatus, Message, Notice, QueueEntry
from triage.domain.decision import DecisionRecord, LinkKey, LinkMatch
from triage.domain.desk_view import DeskView, Escalation, Preferences
from triage.domain.events import Event
from triage.domain.links import LinkVerdict, Merge, Pointer
from triage.domain.share import Share
from triage.domain.tip import Tip
from triage.domain.work import CaseAct, CaseFile, Grade, Task
from triage.ports.alerts import Alerts, UndoNotes
from triage.ports.people import SavedSearches, Users
from triage.ports.records import Records
from triage.ports.sender import Attachments, Outcomes, Senders
from triage.ports.trends import TipFacts


class Tips(ABC):
    """Tips as stored.

    1. *keeps a tip as it was*: ``get`` returns exactly what ``add`` was given.
    2. *adds once*: an identical second ``add`` changes nothing; the same id with other content raises ``AlreadyExists``.
    3. *finds many*: ``get_many`` returns those that exist, by id; unknown ids are absent.
    """

    @abstractmethod
    def add(self, tip: Tip) -> None:
        """Store the tip."""

    @abstractmethod
    def get(self, tip_id: str) -> Tip | None:
        """The tip, or None."""

    @abstractmethod
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Tip]:
        """Those of the tips that exist."""


class Assessments(ABC):
    """What was read in each tip; one per tip. *keeps as it was*, *adds once* and *finds many*, as for tips."""

    @abstractmethod
    def add(self, assessment: Assessment) -> None:
        """Store it."""

    @abstractmethod
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Assessment]:
        """Those that exist, by tip."""


class Decisions(ABC):
    """The machine's decision per tip. *decides once*: a second record for a tip raises ``AlreadyExists``; *keeps a record as it was*."""

    @abstractmethod
    def add(self, record: DecisionRecord) -> None:
        """Store the record."""

    @abstractmethod
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, DecisionRecord]:
        """Those that exist, by tip."""


class Links(ABC):
    """What ties tips to one another.

    1. *finds earlier tips by shared key*: within ``since``, with the case and desk that the tip is in now; first those whose key
       may join on both sides, then the others, each oldest first, at most ``limit``. A match's key joins only if both do.
    2. *leaves out the asking tip*.
    3. *finds near-duplicates*: fingerprints that share a band come back with their estimated Jaccard likeness >= ``threshold``.
       Likest first, at most ``limit``.
    4. *follows a tip to another case*: after both cases were updated the match names the new case.
    """

    @abstractmethod
    def lock(self, keys: Iterable[LinkKey]) -> None:
        """Hold these keys until the transaction ends, taken in sorted order, so that two workers see each other's tips."""

    @abstractmethod
    def add(self, tip: Tip, keys: Iterable[LinkKey], fingerprint: tuple[int, ...]) -> None:
        """Make the tip findable."""

    @abstractmethod
    def find(self, tip_id: str, keys: Iterable[LinkKey], since: datetime, limit: int) -> list[LinkMatch]:
        """Earlier tips that share a key."""

    @abstractmethod
    def similar(self, tip_id: str, fingerprint: tuple[int, ...], since: datetime, threshold: float, limit: int) -> list[LinkMatch]:
        """Earlier tips with nearly the same text, likest first."""


class Cases(ABC):
    """Case records and which tip is in which.

    1. *keeps a case as it was*. 2. *adds once*, as for tips.
    3. *updates only what was read*: ``update`` with a case whose version is not the stored one + 1 raises ``StaleVersion``.
    4. *holds every tip once*: a tip is in exactly one case; ``of_tip`` follows the newest ``add``, ``update`` or move.
    5. *lists those of desks*: that stand so, of one owner where one is named, the newest id first, at most so many before an id.
    """

    @abstractmethod
    def add(self, case: Case) -> None:
        """Store a new case at version 1."""

    @abstractmethod
    def update(self, case: Case) -> None:
        """Replace the case; its version is the stored one + 1."""

    @abstractmethod
    def get(self, case_id: str) -> Case | None:
        """The case, or None."""

    @abstractmethod
    def get_many(self, case_ids: Sequence[str]) -> Mapping[str, Case]:
        """Those that exist."""

    @abstractmethod
    def of_tip(self, tip_id: str) -> Case | None:
        """The one case that holds the tip."""

    @abstractmethod
    def ids(self, after: str, limit: int) -> list[str]:
        """Up to ``limit`` case ids in order, beginning after ``after``: for rebuilding the index."""

    @abstractmethod
    def listed(self, desks: Collection[str], statuses: Collection[CaseStatus], limit: int, before: str = "", owner: str = "") -> list[Case]:
        """Cases that one of ``desks`` owns, in one of ``statuses``, with ids before ``before`` where one is given."""


class Queue(ABC):
    """The desks' queues: one entry a tip.

    1. *holds one entry a tip*: ``put`` replaces the tip's entry, whatever desk it was at.
    2. *lists a desk's open entries*: waiting and claimed, life threats first, then by target, band, arrival.
    3. *counts open entries by desk*.
    4. *names the life threat that waits longest*: the unclaimed one that entered first, of whatever desk.
    5. *leaves out what is put off*: with ``now``, entries that are snoozed beyond it are neither listed nor counted; ``put_off`` lists
       them, soonest first.
    6. *counts what came since*: the desk's waiting entries that entered after a time, and how many of them are life threats.
    7. *finds those that wait*: the unclaimed ones of these levels, of whatever desk, and threats to life whatever their level; the one
       that entered first comes first.
    8. *finds many*: the entries of these tips; a tip without one is absent.
    """

    @abstractmethod
    def put(self, entry: QueueEntry) -> None:
        """Add or replace the tip's entry."""

    @abstractmethod
    def get(self, tip_id: str) -> QueueEntry | None:
        """The tip's entry."""

    @abstractmethod
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, QueueEntry]:
        """The entries of these tips, by tip."""

    @abstractmethod
    def open(self, desk: str, limit: int, offset: int = 0, now: datetime | None = None) -> list[QueueEntry]:
        """The desk's open entries in the order of ``QueueEntry.order`` without its lateness part (target order implies it)."""

    @abstractmethod
    def counts(self, now: datetime | None = None) -> Mapping[str, tuple[int, int]]:
        """Per desk the open entries and how many of them are life threats."""

    @abstractmethod
    def put_off(self, desk: str, now: datetime, limit: int) -> list[QueueEntry]:
        """The desk's entries that are snoozed beyond ``now``."""

    @abstractmethod
    def came(self, desk: str, since: datetime) -> tuple[int, int]:
        """How many waiting entries of the desk entered after ``since``, and how many of these are life threats."""

    @abstractmethod
    def waiting(self, levels: Collection[Urgency]) -> list[QueueEntry]:
        """Those that nobody has claimed, of these levels and threats to life; those that were put off too."""

    @abstractmethod
    def longest_waiting_threat(self) -> QueueEntry | None:
        """The life threat that nobody has claimed for the longest time."""


class Notices(ABC):
    """What desks were told about tips of other desks. *keeps each once*, by id; lists newest first."""

    @abstractmethod
    def add(self, notice: Notice) -> None:
        """Store it."""

    @abstractmethod
    def of_desk(self, desk: str, limit: int) -> list[Notice]:
        """The desk's newest notices."""

    @abstractmethod
    def of_tip(self, tip_id: str) -> list[Notice]:
        """Who was told about the tip."""


class Acts(ABC):
    """What people did with tips, in order. *lists those of many tips* together, oldest first."""

    @abstractmethod
    def add(self, act: Act) -> None:
        """Store it."""

    @abstractmethod
    def of_tip(self, tip_id: str) -> list[Act]:
        """Oldest first."""

    @abstractmethod
    def of_tips(self, tip_ids: Sequence[str]) -> list[Act]:
        """Those of any of these tips."""


class Messages(ABC):
    """The thread with the sender of a tip, oldest first; *lists those of many tips* together, oldest first.

    What was taken back before it left is removed; an unknown one is no error.
    """

    @abstractmethod
    def add(self, message: Message) -> None:
        """Store it."""

    @abstractmethod
    def get(self, message_id: str) -> Message | None:
        """The message, or None."""

    @abstractmethod
    def remove(self, message_id: str) -> None:
        """Forget it."""

    @abstractmethod
    def of_tip(self, tip_id: str) -> list[Message]:
        """Oldest first."""

    @abstractmethod
    def of_tips(self, tip_ids: Sequence[str]) -> list[Message]:
        """Those of any of these tips."""


class Audit(ABC):
    """The audit log as written inside a transaction; it joins the chain later (see ``AuditChain``).

    1. *is part of the transaction*: rows of a rolled-back unit of work do not exist.
    2. *lists what happened to an object*, oldest first.
    3. *says who did it of late*: by object the actors of an action since a time, the latest first, each once; objects without one are
       absent.
    """

    @abstractmethod
    def append(self, rows: Iterable[AuditRow]) -> None:
        """Write the rows."""

    @abstractmethod
    def of_object(self, object: str, limit: int) -> list[AuditRow]:
        """The newest ``limit`` rows about the object, oldest first."""

    @abstractmethod
    def actors(self, objects: Sequence[str], action: str, since: datetime) -> Mapping[str, tuple[str, ...]]:
        """Who did ``action`` with each of the objects at ``since`` or later."""


class Events(ABC):
    """The outgoing side of the event log: *is part of the transaction*; read back by ``streams.ports.EventLog``."""

    @abstractmethod
    def append(self, events: Iterable[Event]) -> None:
        """Append, in this order. A repeated id with the same content is skipped; one with other content raises ``AlreadyExists``,
        at the latest when the unit of work ends, and nothing of it is stored.
        """


class Policies(ABC):
    """The policy texts that decisions were made under: *keeps each version*, so that a decision can be replayed."""

    @abstractmethod
    def add(self, version: str, files: Mapping[str, str]) -> None:
        """Keep the files (name -> text) of this version; a known version is left alone."""

    @abstractmethod
    def get(self, version: str) -> Mapping[str, str] | None:
        """The files, or None."""


class UnitOfWork(ABC):
    """One transaction over everything of the desk side. A context manager.

    1. *commits all or none*: leaving the block normally commits, leaving it by an exception undoes everything.
    2. *is durable*: what was committed survives the loss of this process and of power.
    3. *shows nothing early*: other units of work see nothing before the commit.
    4. *one writer after the other*: two writing units of work never interleave on the same records; the second waits, at its
       beginning or where it meets them, and raises ``Unavailable`` if it waited too long or neither could go on.
    5. *reads a fixed picture*: within one reading unit of work, reads see one state of the store. A writing one sees its own writes
       and what is committed; a case that it read, and what it holds by name or key, nobody else changes until it ends.
    6. *holds what it names*: of two writing units of work that hold the same name, the second waits for the first to end and then
       sees what it committed.
    """

    tips: Tips
    assessments: Assessments
    decisions: Decisions
    links: Links
    cases: Cases
    queue: Queue
    notices: Notices
    acts: Acts
    messages: Messages
    audit: Audit
    events: Events
    policies: Policies
    users: Users
    saved: SavedSearches
    alerts: Alerts
    undo: UndoNotes
    attachments: Attachments
    senders: Senders
    outcomes: Outcomes
    facts: TipFacts
    case_acts: Records[CaseAct]
    tasks: Records[Task]
    files: Records[CaseFile]
    grades: Records[Grade]
    verdicts: Records[LinkVerdict]
    merges: Records[Merge]
    pointers: Records[Pointer]
    shares: Records[Share]
    hand_offs: Records[HandOff]
    views: Records[DeskView]
    preferences: Records[Preferences]
    escalations: Records[Escalation]

    @abstractmethod
    def __enter__(self) -> Self:
        """Begin."""

    @abstractmethod
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Commit, or undo if an exception is passing."""

    @abstractmethod
    def hold(self, names: Iterable[str]) -> None:
        """Hold these names until the unit of work ends. Asked for at once, many cannot deadlock; ``links.lock`` comes after them."""


class Storage(ABC):
    """Opens units of work; safe to use from several threads, each unit of work from one."""

    @abstractmethod
    def writing(self) -> UnitOfWork:
        """A unit of work that may write."""

    @abstractmethod
    def reading(self) -> UnitOfWork:
        """A unit of work that only reads and blocks nobody; writing in it raises ``NotAllowed``."""


class AuditChain(ABC):
    """Seals audit rows into the hash chain, by one sealer.

    1. *seals in commit order*: each committed row gets the next position and ``chain_hash`` over the one before.
    2. *never blocks acceptance*: sealing is a transaction of its own.
    3. *one sealer*: while one seals, another's ``seal`` seals nothing twice.
    4. *finds the sealed rows of objects*: by object, in order of position; objects without one are absent.
    """

    @abstractmethod
    def of_objects(self, objects: Sequence[str]) -> Mapping[str, list[SealedRow]]:
        """The sealed rows about each of the objects."""

    @abstractmethod
    def seal(self, limit: int) -> int:
        """Seal up to ``limit`` rows; return how many."""

    @abstractmethod
    def rows(self, after: int, limit: int) -> list[SealedRow]:
        """Sealed rows from position ``after`` + 1 on."""

    @abstractmethod
    def unsealed(self) -> int:
        """How many committed rows wait."""
