"""What stands in place of a private value that is not kept any more."""


class Removed(str):
    """Words for people; no value that anything could be begun with."""

    def __new__(cls, days: int) -> "Removed":
        """After no days at all it was removed because somebody asked for that."""
        words = f"removed after {days} days" if days else "removed on request"
        return super().__new__(cls, words)
