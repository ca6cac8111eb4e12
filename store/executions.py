"""The rows of steps of workflows that run in Slack until we say how they ended."""

from datetime import datetime

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from store.columns import Utc


class Execution(SQLModel, table=True):
    """One run of a step: kept before Slack is answered, told how it ended once that is known."""

    __tablename__ = "app_execution"

    id: str = Field(primary_key=True)
    """Slack's; a repeated delivery has the same."""
    step: str
    actor: str = ""
    """Who runs the workflow, as Slack vouches for; nobody, where no person started it."""
    team: str = ""
    inputs: str = ""
    """Sealed; empty once the desk has them."""
    outputs: list[str] = Field(default_factory=list, sa_type=JSON)
    """What the workflow knows to take, as it was built."""
    at: datetime = Field(sa_type=Utc)
    request: str | None = Field(default=None, foreign_key="app_request.id", index=True)
    """What was asked for; a read asks for nothing, and what is declined neither."""
    ending: str = ""
    """Sealed: what to tell when it does not follow from a request."""
    told_at: datetime | None = Field(default=None, sa_type=Utc)
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=Utc)
    """Not before then, by a job: somebody is at it, or Slack was away."""

    __table_args__ = (
        Index(
            "ix_app_execution_untold",
            "at",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )
