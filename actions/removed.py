"""What stands in place of a private value that is not kept any more."""


class Removed(str):
    """Words for people; no value that anything could be begun with."""

    def __new__(cls, days: int) -> "Removed":
        return super().__new__(cls, f"removed after {days} days")
