"""What was removed after its time, and when the jobs ran last."""

import sqlalchemy as sa
from alembic import op

from store import tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = tables.Utc()


def upgrade() -> None:
    for table in ("app_request", "app_operation"):
        with op.batch_alter_table(table) as altered:
            altered.add_column(sa.Column("pruned_at", MOMENT, nullable=True))
    op.create_table(
        "app_beat",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("every", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("job"),
    )
