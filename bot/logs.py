"""Where log lines go: to stderr, one event a line, with what belongs to it and nothing private."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

STRANGERS = ("httpx", "httpcore", "slack_sdk", "slack_bolt", "sqlalchemy", "urllib3", "asyncio")
"""Libraries that say at `info` or `debug` what they send: never lower than `warning`."""

MARK = "•••"
SHORTEST = 6
"""Characters of a secret that is worth looking for."""
PRIVATE = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+"  # Slack's tokens
    r"|gAAAA[\w=-]{20,}"  # what the vault seals
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user and password of an address
    r"|[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?:\+|%2[Bb]|\b00)\d[\d \-]{5,16}\d"  # phone
    r"|(?i:(?:client.?secret|api.?secret|api.?key|authorization|signing.?secret)"
    r"['\"]?\s*[:=,]\s*b?['\"]?)[^\s'\",}\])]+"
)


class Masks:
    """Takes out of each line what looks private, and what is known to be secret."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({s for s in secrets if len(s) >= SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {name: self._clean(value) for name, value in event.items()}

    def _clean(self, value: Any) -> Any:
        match value:
            case bool() | int() | float() | None:
                return value
            case dict():
                return {self._clean(name): self._clean(inner) for name, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._clean(each) for each in value]
            case _:
                return self._without(value if isinstance(value, str) else str(value))

    def _without(self, text: str) -> str:
        if self._known:
            text = self._known.sub(MARK, text)
        return PRIVATE.sub(MARK, text)


def to_stderr(level: str = "warning", *, secrets: Iterable[str] = ()) -> None:
    """Set up logging for a command: ours from `level` on, of libraries what is amiss."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Masks(secrets),
    ]
    seen = sys.stderr.isatty()
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=True)
        if seen
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    lowest = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(lowest)
    for name in STRANGERS:
        logging.getLogger(name).setLevel(max(lowest, logging.WARNING))
