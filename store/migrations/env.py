"""Alembic's environment: our tables only, the engine's are its own."""

from typing import Any

from alembic import context
from sqlmodel import SQLModel

from store import tables
from store.schema import VERSION


def ours(name: str | None, kind: str, _: Any) -> bool:
    """Leave the engine's tables alone: they live in the same database."""
    return kind != "table" or (name or "").startswith("app_")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_name=ours,
    version_table=VERSION,
    render_as_batch=True,
    user_module_prefix=f"{tables.__name__}.",
)
with context.begin_transaction():
    context.run_migrations()
