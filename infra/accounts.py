"""Makes accounts and keys: used by ``init``, the demo and the command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from infra.app import Core
from infra.security import new_api_key
from ingest.partner import ApiKey
from triage.domain.access import Role, User
from triage.domain.audit import AuditRow
from triage.domain.errors import NotFound


def put_user(core: Core, name: str, role: Role, desks: Iterable[str], password: str = "", display_name: str = "") -> str:
    """Add the account, or give it another role, desks or password; return the password. Raises ``NotFound`` for an unknown desk."""
    wanted = frozenset(desks)
    if unknown := sorted(wanted - set(core.policy.desks)):
        raise NotFound("desk", unknown[0])
    password = password or secrets.token_urlsafe(12)
    hashed = core.passwords.hash(password)
    with core.storage.writing() as uow:
        known = uow.users.by_name(name)
        user_id = known.id if known else core.ids.new("usr")
        uow.users.put(User(user_id, name, display_name or name.capitalize(), role, wanted, hashed))
        detail = {"role": str(role), "desks": ",".join(sorted(wanted))}
        uow.audit.append([AuditRow(core.ids.new("aud"), core.clock.now(), "system:cli", "user.put", f"user:{user_id}", detail=detail)])
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
