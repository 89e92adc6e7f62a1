"""What the console is given. It chooses nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from triage.domain.access import Role
from triage.domain.policy import Policy
from triage.ports import CaseIndex, Clock, Ids, Passwords, SearchMatcher, Storage, TableFiles, Vault
from triage.replies_file import Replies
from triage.taxonomy.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the navigation: its key, address and title, and the roles that see it."""

    key: str
    address: str
    title: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class ConsoleDeps:
    """``partner_titles`` gives the partners' names by slug as they are now; ``random_token`` gives unguessable, dotless text.

    ``templates`` are further folders of templates, as (package, folder), and ``areas`` further parts of the navigation, for pages that
    others put below ``/desk``. ``secure_cookies`` keeps the session cookie to HTTPS; it is off only on a loopback address.
    ``vault`` opens pictures and contact details; ``replies`` are those that the desks have ready.
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
    templates: tuple[tuple[str, str], ...] = ()
    areas: tuple[Area, ...] = ()
