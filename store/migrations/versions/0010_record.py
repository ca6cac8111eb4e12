"""What the record says of each line; where a stream of it stands; what Coupontools listed."""

import sqlalchemy as sa
from alembic import op

from store import tables

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORDS = ("role", "on_behalf", "campaign", "rule", "step", "endpoint", "code")
NUMBERS = ("status", "took_ms")


def upgrade() -> None:
    for name in WORDS:
        added = sa.Column(name, sa.String(), nullable=False, server_default="")
        op.add_column("app_audit_entry", added)
    for name in NUMBERS:
        op.add_column("app_audit_entry", sa.Column(name, sa.Integer(), nullable=True))
    op.create_index("ix_app_audit_entry_campaign", "app_audit_entry", ["campaign", "seq"])
    with op.batch_alter_table("app_request") as altered:
        altered.add_column(sa.Column("salt", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "app_bookmark",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", tables.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "app_listed",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("at", tables.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("account", "name"),
    )
