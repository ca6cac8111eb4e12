"""What the account keeps about directories: who registered, what they paid, all that was done."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

FIRST_DIRECTORY, FIRST_DIRECTORY_NUMBER = 700, 700_001
FIRST_USER, FIRST_USER_NUMBER = 810, 810_001


class Category(NamedTuple):
    """`main` categories are the third level, above the ordinary two."""

    id: str
    name: str
    parent: str = ""
    main: bool = False


@dataclass(slots=True, eq=False)
class Registered:
    """v3 says `id`, v4 says `number`."""

    id: str
    number: int
    created: int
    email: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    birth_date: str = ""
    address: str = ""
    zip: str = ""
    city: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    blocked: bool = False
    paid: bool = False
    expires_at: str = ""


@dataclass(slots=True, eq=False)
class Directory:
    id: str
    number: int
    name: str
    campaigns: list[str] = field(default_factory=list)
    users: dict[str, Registered] = field(default_factory=dict)

    @property
    def newest(self) -> list[Registered]:
        """Those who registered last stand first."""
        return sorted(self.users.values(), key=lambda one: (one.created, one.number), reverse=True)


class Directories:
    def __init__(self) -> None:
        self.all: dict[str, Directory] = {}
        self.categories: list[Category] = []
        self.updates: list[dict[str, Any]] = []
        self.access: list[dict[str, Any]] = []
        self._registered = 0

    def add(self, name: str, campaigns: list[str]) -> Directory:
        place = len(self.all)
        id, number = f"dir_{FIRST_DIRECTORY + place}", FIRST_DIRECTORY_NUMBER + place
        self.all[id] = Directory(id, number, name, campaigns)
        return self.all[id]

    def register(self, directory: Directory, created: int, email: str, **about: Any) -> Registered:
        place, self._registered = self._registered, self._registered + 1
        id, number = f"reg_{FIRST_USER + place}", FIRST_USER_NUMBER + place
        directory.users[id] = Registered(id, number, created, email, **about)
        return directory.users[id]
