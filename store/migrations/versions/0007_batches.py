"""Long answers, kept in chunks; a run that ends after the call that is out."""

import sqlalchemy as sa
from alembic import op

from store import tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("app_operation") as altered:
        altered.add_column(sa.Column("stop_by", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "app_chunk",
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("at", tables.Utc(), nullable=False),
        sa.ForeignKeyConstraint(["operation"], ["app_operation.id"]),
        sa.PrimaryKeyConstraint("operation", "position", "round", "number"),
    )
    op.create_index(op.f("ix_app_chunk_at"), "app_chunk", ["at"])
