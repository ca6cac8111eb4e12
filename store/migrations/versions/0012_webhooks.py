"""Webhooks as they came, what happened, and channels that want to know."""

import sqlalchemy as sa
from alembic import op

from store import tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = tables.Utc()


def upgrade() -> None:
    _deliveries()
    _subscriptions()


def _deliveries() -> None:
    op.create_table(
        "app_hook",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("account", "digest", "sealed")),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("event", "kind", "asks", "problem")
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", MOMENT, nullable=True),
        sa.Column("called_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account"], ["app_account.name"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "digest"),
    )
    kept = sa.text("state = 'kept'")
    op.create_index(
        "ix_app_hook_kept",
        "app_hook",
        ["account", "id"],
        sqlite_where=kept,
        postgresql_where=kept,
    )
    op.create_index("ix_app_hook_called", "app_hook", ["account", "called_at"])
    op.create_index("ix_app_hook_state", "app_hook", ["state", "id"])
    op.create_index(op.f("ix_app_hook_asks"), "app_hook", ["asks"])
    op.create_index(op.f("ix_app_hook_at"), "app_hook", ["at"])
    op.create_table(
        "app_event",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key"),
        sa.UniqueConstraint("account", "event"),
    )
    op.create_index(op.f("ix_app_event_at"), "app_event", ["at"])


def _subscriptions() -> None:
    op.create_table(
        "app_subscription",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("id", "account", "channel", "actor")
        ),
        sa.Column("at", MOMENT, nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("kinds", "campaign", "tag", "rule")
        ),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("step", "most")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("quiet", "timezone")),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("told_at", "ended_at")),
        sa.ForeignKeyConstraint(["account"], ["app_account.name"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_app_subscription_account"), "app_subscription", ["account"])
    op.create_index(op.f("ix_app_subscription_channel"), "app_subscription", ["channel"])
    op.create_table(
        "app_tally",
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscription"], ["app_subscription.id"]),
        sa.PrimaryKeyConstraint("subscription", "day", "campaign", "kind"),
    )
