"""Running the bot: HTTP, Socket Mode, or both, until it is told to stop."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import structlog
import uvicorn
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.app import Bot, build
from bot.doctor import slack_problems
from bot.settings import HalfConfigured, Settings

log = structlog.get_logger()

HERE = "127.0.0.1:3000"


def serve(settings: Settings, http: str | None, socket_mode: bool) -> None:
    """Serve until interrupted; raises `HalfConfigured` or `DatabaseInUse` before anything runs."""
    settings.require()
    if socket_mode and not settings.socket_mode:
        raise HalfConfigured(["SLACK_APP_TOKEN (needed for Socket Mode)"])
    bot = build(settings)
    _check_slack(bot)
    with ExitStack() as running:
        running.enter_context(bot.office.store.alone())
        running.enter_context(started(bot))
        if socket_mode or (settings.socket_mode and http is None):
            handler = SocketModeHandler(bot.bolt, settings.slack_app_token.get_secret_value())
            handler.connect()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            running.callback(handler.close)
            log.warning("connected", by="Socket Mode")
        host, port = address(http or HERE)
        log.warning("listening", host=host, port=port)
        uvicorn.run(bot.http, host=host, port=port, log_level="warning", access_log=False)


@contextmanager
def started(bot: Bot) -> Iterator[Bot]:
    """The bot at work, and stopped in the end whatever happens."""
    bot.start()
    try:
        yield bot
    finally:
        bot.stop()


def address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`; raises ValueError."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal():
        raise ValueError(f"{text} is no HOST:PORT, such as {HERE}")
    return host or "127.0.0.1", int(port)


def free_port() -> int:
    """A port on loopback that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _check_slack(bot: Bot) -> None:
    """Refuse with too few rights; when Slack cannot be asked, begin anyway."""
    try:
        problems = slack_problems(bot.client)
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("Slack cannot be asked for our rights", error=str(error)[:200])
        return
    if problems:
        raise HalfConfigured(problems)
