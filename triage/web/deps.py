"""What the console is given. It chooses nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from triage.domain.access import Role
from triage.domain.care import CareDirectory
from triage.domain.case_template import CaseTemplate
from triage.domain.duty import DutyPlan
from triage.domain.policy import Desk, DeskNature, Policy
from triage.domain.share import OutsideAgency
from triage.geo.geography import Geography
from triage.policy_files.replies import Replies
from triage.ports import (
    AuditChain,
    Blinder,
    CaseIndex,
    Clock,
    Ids,
    Passwords,
    Reports,
    SearchMatcher,
    Storage,
    TableFiles,
    Translator,
    Vault,
)
from triage.taxonomy.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the navigation: its key, address and title, and the roles that see it; with ``natures``, only at desks of these."""

    key: str
    address: str
    title: str
    roles: frozenset[Role]
    natures: frozenset[DeskNature] = frozenset()

    def is_for(self, role: Role, desks: Iterable[Desk]) -> bool:
        """Whether somebody with this role at these desks sees it."""
        return role in self.roles and (not self.natures or any(desk.nature in self.natures for desk in desks))


@dataclass(frozen=True, slots=True)
class ConsoleDeps:
    """``partner_titles`` gives the partners' names by slug as they are now; ``random_token`` gives unguessable, dotless text.

    ``templates`` are further folders of templates, as (package, folder), and ``areas`` further parts of the navigation, for pages that
    others put below ``/desk``. ``secure_cookies`` keeps the session cookie to HTTPS; it is off only on a loopback address.
    ``vault`` opens pictures and contact details; ``replies`` are those that the desks have ready.
    ``case_templates`` are what each kind of case needs, by id; ``reports`` makes cases files to print, None where none are made.
    ``geography`` draws counties. ``care`` is the directory of services; without a ``translator`` nothing is offered to be translated,
    and without a ``blinder`` desks are not told of one another.
    ``duty`` says who is on call; without the audit ``chain`` no report rests on it, and none is made.
    ``agencies`` are those outside that cases can be shared with, by id.
    """

    storage: Storage
    index: CaseIndex
    matcher: SearchMatcher
    policy: Policy
    taxonomy: Taxonomy
    passwords: Passwords
    tables: TableFiles
    clock: Clock
    ids: Ids
    partner_titles: Callable[[], Mapping[str, str]]
    random_token: Callable[[], str]
    secure_cookies: bool
    vault: Vault
    replies: Replies = field(default_factory=Replies)
    duty: DutyPlan = field(default_factory=DutyPlan)
    chain: AuditChain | None = None
    templates: tuple[tuple[str, str], ...] = ()
    areas: tuple[Area, ...] = ()
    case_templates: Mapping[str, CaseTemplate] = field(default_factory=dict)
    reports: Reports | None = None
    geography: Geography = field(default_factory=Geography.load)
    care: CareDirectory = field(default_factory=CareDirectory)
    translator: Translator | None = None
    blinder: Blinder | None = None
    agencies: Mapping[str, OutsideAgency] = field(default_factory=dict)
