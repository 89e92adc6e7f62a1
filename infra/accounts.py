"""Makes accounts and keys: used by ``init``, the demo and the command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace

from infra.app import Core
from infra.security import new_api_key
from ingest.partner import ApiKey
from triage.domain.access import Role, User
from triage.domain.audit import AuditRow
from triage.domain.errors import NotFound


def put_user(
    core: Core, name: str, role: Role | None = None, desks: Iterable[str] | None = None, display_name: str = "", active: bool = True
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
        )
        uow.users.put(user)
        detail = {"role": str(user.role), "desks": ",".join(sorted(user.desks)), "active": str(active).lower()}
        uow.audit.append([AuditRow(core.ids.new("aud"), core.clock.now(), "system:cli", "user.put", f"user:{user.id}", detail=detail)])
    return password


def new_key(core: Core, slug: str, label: str = "") -> str:
    """A new API key of the partner; it is shown once and only its hash is kept. Raises ``NotFound``."""
    if core.partners.get(slug) is None:
        raise NotFound("partner", slug)
    token, hashed = new_api_key(secrets.token_bytes)
    key = ApiKey(core.ids.new("key"), slug, hashed, core.clock.now(), label)
    core.partners.put_key(key)
    with core.storage.writing() as uow:
        row = AuditRow(core.ids.new("aud"), core.clock.now(), "system:cli", "key.new", f"partner:{slug}", detail={"key": key.id})
        uow.audit.append([row])
    return token
