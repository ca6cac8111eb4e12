"""The rows that hold lines of a long answer, and those by which they are found again."""

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


class Mark(SQLModel, table=True):
    """By what the lines of a chunk are found: a keyed digest of each name, four bytes long.

    In a table of its own, so that looking through all of them reads nothing of what is sealed.
    """

    __tablename__ = "app_mark"

    operation: str = Field(foreign_key="app_operation.id", primary_key=True)
    position: int = Field(primary_key=True)
    round: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    marks: bytes
