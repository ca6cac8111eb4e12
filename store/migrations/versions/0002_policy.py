"""Terms of a policy, delegation, holding for quiet hours, and the stop switch."""

import sqlalchemy as sa
from alembic import op

from store import tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = tables.Utc()


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def upgrade() -> None:
    with op.batch_alter_table("app_account") as account:
        account.add_column(sa.Column("stopped_at", MOMENT, nullable=True))
        account.add_column(_words("stopped_by"))
        account.add_column(_words("resumed_by"))
    with op.batch_alter_table("app_request") as request:
        request.add_column(sa.Column("terms", sa.JSON(), nullable=False, server_default="{}"))
        request.add_column(sa.Column("weighed", sa.JSON(), nullable=False, server_default="{}"))
        request.add_column(sa.Column("waiting_since", MOMENT, nullable=True))
        request.add_column(sa.Column("escalates_at", MOMENT, nullable=True))
        request.add_column(_words("template"))
        request.add_column(sa.Column("rehearses", sa.String(), nullable=True))
        request.add_column(sa.Column("planned_at", MOMENT, nullable=True))
        request.create_index("ix_app_request_template", ["template"])
        request.create_index("ix_app_request_rehearses", ["rehearses"])
    with op.batch_alter_table("app_approval") as approval:
        approval.add_column(_words("on_behalf"))
        approval.add_column(sa.Column("roles", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("app_operation") as operation:
        operation.add_column(_words("held_for"))
        operation.add_column(sa.Column("held_until", MOMENT, nullable=True))
    with op.batch_alter_table("app_notice") as notice:
        notice.add_column(_words("actor"))
        notice.add_column(_words("words"))
    with op.batch_alter_table("app_posted") as posted:
        posted.add_column(sa.Column("counted_at", MOMENT, nullable=True))
    op.create_table(
        "app_delegation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("deputy", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_app_delegation_person", "app_delegation", ["person"])
    op.create_index("ix_app_delegation_deputy", "app_delegation", ["deputy"])
    op.create_table(
        "app_reminder",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
