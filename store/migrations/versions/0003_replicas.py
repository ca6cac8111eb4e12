"""The pace of an account, kept by all processes together."""

import sqlalchemy as sa
from alembic import op

from store import tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = tables.Utc()


def upgrade() -> None:
    op.create_table(
        "app_pace",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("account"),
    )
