"""What the account keeps about messages: groups, what is connected, what may be and was sent."""

from dataclasses import dataclass, field
from typing import Any

ENOUGH = 10_000


@dataclass(slots=True, eq=False)
class Group:
    id: str
    name: str
    contacts: list[dict[str, str]] = field(default_factory=list)


class Post:
    """`email` and `sms`: whether a provider is connected. `balance`: messages still paid for."""

    def __init__(self) -> None:
        self.email, self.sms = False, False
        self.balance = {"email": ENOUGH, "sms": ENOUGH}
        self.sent: list[dict[str, Any]] = []
        self.sms_groups: dict[str, Group] = {}
        self.email_groups: dict[str, Group] = {}
        self._next = {"sms": 9001, "email": 9101}

    def add_group(self, kind: str, name: str) -> Group:
        groups = self.sms_groups if kind == "sms" else self.email_groups
        group = Group(f"gro_{self._next[kind]}", name)
        self._next[kind] += 1
        groups[group.id] = group
        return group
