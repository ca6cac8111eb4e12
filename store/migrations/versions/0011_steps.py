"""Steps of workflows that run until we say how they ended."""

import sqlalchemy as sa
from alembic import op

from store import tables

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_execution",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("inputs", sa.String(), nullable=False),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("at", tables.Utc(), nullable=False),
        sa.Column("request", sa.String(), nullable=True),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("told_at", tables.Utc(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", tables.Utc(), nullable=True),
        sa.ForeignKeyConstraint(["request"], ["app_request.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_app_execution_request"), "app_execution", ["request"])
    untold = sa.text("told_at IS NULL")
    op.create_index(
        "ix_app_execution_untold",
        "app_execution",
        ["at"],
        sqlite_where=untold,
        postgresql_where=untold,
    )
