"""Run by Alembic: migrates through the connection that ``infra.storage.migrate`` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from infra.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
