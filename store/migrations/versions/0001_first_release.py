"""The first release."""

import sqlalchemy as sa
from alembic import op

from store import tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_account",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("client_secret", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "app_audit_entry",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", tables.Utc(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=True),
        sa.Column("operation", sa.String(), nullable=True),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("became", sa.String(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    with op.batch_alter_table("app_audit_entry") as batch_op:
        batch_op.create_index(batch_op.f("ix_app_audit_entry_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_audit_entry_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_audit_entry_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_audit_entry_request"), ["request"], unique=False)

    op.create_table(
        "app_draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("values", sa.String(), nullable=False),
        sa.Column("at", tables.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "app_posted",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "app_request",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("asked_at", tables.Utc(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("preview", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=True),
        sa.Column("next_at", tables.Utc(), nullable=True),
        sa.Column("granted_at", tables.Utc(), nullable=True),
        sa.Column("crontab", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("lateness", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", tables.Utc(), nullable=True),
        sa.Column("expires_at", tables.Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"],
            ["app_account.name"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    with op.batch_alter_table("app_request") as batch_op:
        batch_op.create_index(batch_op.f("ix_app_request_actor"), ["actor"], unique=False)
        batch_op.create_index("ix_app_request_due", ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_request_state"), ["state"], unique=False)

    op.create_table(
        "app_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", tables.Utc(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request"],
            ["app_request.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request", "version", "person"),
    )
    with op.batch_alter_table("app_approval") as batch_op:
        batch_op.create_index(batch_op.f("ix_app_approval_request"), ["request"], unique=False)

    op.create_table(
        "app_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", tables.Utc(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=True),
        sa.Column("became", sa.String(), nullable=False),
        sa.Column("told_at", tables.Utc(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", tables.Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request"],
            ["app_request.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("app_notice") as batch_op:
        batch_op.create_index(batch_op.f("ix_app_notice_request"), ["request"], unique=False)
        batch_op.create_index(
            "ix_app_notice_untold",
            ["id"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "app_operation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("due", tables.Utc(), nullable=False),
        sa.Column("run_at", tables.Utc(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("started_at", tables.Utc(), nullable=True),
        sa.Column("ended_at", tables.Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request"],
            ["app_request.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request", "due", "row"),
    )
    with op.batch_alter_table("app_operation") as batch_op:
        batch_op.create_index(batch_op.f("ix_app_operation_due"), ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_operation_request"), ["request"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_operation_state"), ["state"], unique=False)

    op.create_table(
        "app_step_run",
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("effect", sa.String(20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", tables.Utc(), nullable=False),
        sa.Column("answered_at", tables.Utc(), nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation"],
            ["app_operation.id"],
        ),
        sa.PrimaryKeyConstraint("operation", "position", "round"),
    )
