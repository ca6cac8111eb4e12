"""Which edition of a request a run carries out."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("app_request", "app_operation"):
        with op.batch_alter_table(table) as altered:
            edition = sa.Column("edition", sa.Integer(), nullable=False, server_default="1")
            altered.add_column(edition)
