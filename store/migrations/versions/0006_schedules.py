"""The end of a series, whom a push reaches, and who moved a request."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("app_request") as request:
        request.add_column(sa.Column("until", sa.Date(), nullable=True))
        request.add_column(sa.Column("runs", sa.Integer(), nullable=True))
        request.add_column(sa.Column("made", sa.Integer(), nullable=False, server_default="0"))
        for name in ("audience", "moved_by"):
            request.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        request.create_index("ix_app_request_audience", ["audience"])
