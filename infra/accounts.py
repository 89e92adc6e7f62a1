"""Makes accounts and keys: used by ``init``, the demo and the command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace

from infra.app import Core
from ingest.registry.registry import KeyOrder, Registry
from triage.domain.access import Role, User
from triage.domain.audit import AuditRow
from triage.domain.errors import NotFound

CLI = "system:cli"
"""Who acts, in the audit log, when somebody works on the command line."""


def put_user(
    core: Core,
    name: str,
    role: Role | None = None,
    desks: Iterable[str] | None = None,
    display_name: str = "",
    active: bool = True,
    email: str | None = None,
    pager: str | None = None,
) -> str:
    """Add the account with a new password, or give a known one a new password and what else is given; return the password.

    Raises ``NotFound`` for an unknown desk.
    """
    if unknown := sorted(frozenset(desks or ()) - set(core.policy.desks)):
        raise NotFound("desk", unknown[0])
    password = secrets.token_urlsafe(12)
    hashed = core.passwords.hash(password)
    with core.storage.writing() as uow:
        known = uow.users.by_name(name) or User(core.ids.new("usr"), name, name.capitalize(), Role.ANALYST, frozenset(), hashed)
        user = replace(
            known,
            role=role or known.role,
            desks=known.desks if desks is None else frozenset(desks),
            display_name=display_name or known.display_name,
            password_hash=hashed,
            active=active,
            email=known.email if email is None else email.strip(),
            pager=known.pager if pager is None else pager.strip(),
        )
        uow.users.put(user)
        detail = {"role": str(user.role), "desks": ",".join(sorted(user.desks)), "active": str(active).lower()}
        uow.audit.append([AuditRow(core.ids.new("aud"), core.clock.now(), CLI, "user.put", f"user:{user.id}", detail=detail)])
    return password


def registry(core: Core) -> Registry:
    """The register of partners, for whoever works on this machine."""
    return Registry(core.partner_side, core.passwords, core.clock, core.ids, secrets.token_bytes, core.policy.retention)


def new_key(core: Core, slug: str, label: str = "") -> str:
    """A new API key of the partner with every right; it is shown once and only its hash is kept. Raises ``NotFound``."""
    return registry(core).issue(CLI, slug, KeyOrder(label)).token
