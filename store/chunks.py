"""The row that holds lines of a long answer."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.columns import Utc


class Chunk(SQLModel, table=True):
    """Some lines of the answer to one call, in the order in which they came; sealed."""

    __tablename__ = "app_chunk"

    operation: str = Field(foreign_key="app_operation.id", primary_key=True)
    position: int = Field(primary_key=True)
    round: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    lines: int
    sealed: str
    at: datetime = Field(sa_type=Utc, index=True)
