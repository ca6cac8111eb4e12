"""The record is a chain, with what is signed about it; and indexes by which it is searched."""

import sqlalchemy as sa
from alembic import op

from store import tables

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ENTRY = "app_audit_entry"
SEARCHED = ("actor", "request", "action", "account")
OPEN, CLOSED = sa.text("number IS NULL"), sa.text("number IS NOT NULL")


def upgrade() -> None:
    op.add_column(ENTRY, sa.Column("number", sa.Integer(), nullable=True))
    op.add_column(ENTRY, sa.Column("hash", sa.String(), nullable=True))
    for column in SEARCHED:
        op.drop_index(f"ix_{ENTRY}_{column}", ENTRY)
    for column in (*SEARCHED, "kind"):
        op.create_index(f"ix_{ENTRY}_{column}", ENTRY, [column, "seq"])
    op.create_index(f"ix_{ENTRY}_open", ENTRY, ["seq"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(
        f"ix_{ENTRY}_number",
        ENTRY,
        ["number"],
        unique=True,
        sqlite_where=CLOSED,
        postgresql_where=CLOSED,
    )
    op.create_table(
        "app_signed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", tables.Utc(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("told_at", tables.Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "number"),
    )
