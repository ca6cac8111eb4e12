"""`vouchdesk demo`: both sandboxes, the bot and the workspace page, on this machine alone."""

import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import uvicorn
from pydantic import SecretStr
from rich.console import Console

from actions.catalog import CATALOG
from bot import manifest
from bot.app import Bot, build
from bot.rehearsal import rehearse
from bot.serve import free_port, started
from bot.settings import Settings
from store.secrets import Vault
from store.signing import Signer

SIGNING_SECRET = "demo-signing-secret"  # noqa: S105  both ends are on this machine


POLICY = Path(__file__).with_name("demo_policy.yml")
BRAKE, SHORT_BRAKE = "brake: 15s", "brake: 3s"


class NoSandbox(OSError):
    """A sandbox did not come up."""


def demo(port: int, *, check: bool, out: Console) -> int:
    """Run it until interrupted; with `check` play the main job through and say how it went."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends all of it, like Ctrl-C
    if not check:
        _ensure_free(port)
    with ExitStack() as running, tempfile.TemporaryDirectory(prefix="vouchdesk-") as folder:
        bot_port, home = free_port(), Path(folder)
        (home / "manifest.yml").write_text(
            manifest.written(CATALOG, with_steps=True), encoding="utf-8"
        )
        (home / "policy.yml").write_text(rules(short=check), encoding="utf-8")
        api = running.enter_context(sandbox("sandbox.coupontools", "--port", "0"))
        slack = running.enter_context(
            sandbox(
                "sandbox.slack",
                *("--port", "0" if check else str(port)),
                *("--bot", f"http://127.0.0.1:{bot_port}/slack/events"),
                *("--signing-secret", SIGNING_SECRET),
                *("--manifest", str(home / "manifest.yml")),
                *("--coupontools", api),
            )
        )
        bot = running.enter_context(started(build(settings(slack, api, home))))
        running.enter_context(listening(bot, bot_port))
        if check:
            return rehearse(bot, slack, api)
        out.print(f"\n  The workspace: [bold]{slack}[/]   (Ctrl-C ends all of it)\n")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


def rules(*, short: bool) -> str:
    """The policy of the demo; `short` for somebody who only looks whether it works."""
    text = POLICY.read_text(encoding="utf-8")
    return text.replace(BRAKE, SHORT_BRAKE) if short else text


def settings(slack: str, api: str, home: Path) -> Settings:
    """Settings of a bot between two sandboxes, with a database of its own."""
    return Settings(
        slack_bot_token=SecretStr("xoxb-sandbox"),
        slack_signing_secret=SecretStr(SIGNING_SECRET),
        slack_app_token=SecretStr(""),
        slack_api_url=f"{slack}/api/",
        coupontools_url=api,
        coupontools_client_id=SecretStr("sandbox-id"),
        coupontools_client_secret=SecretStr("sandbox-secret"),
        coupontools_endpoints=None,
        database_url=f"sqlite:///{home}/vouchdesk.db",
        vouchdesk_secret_key=SecretStr(Vault.new_key()),
        vouchdesk_policy=home / "policy.yml",
        vouchdesk_approvals_channel="C0APPROVALS",
        vouchdesk_audit_channel="C0AUDIT",
        vouchdesk_audit_key=SecretStr(Signer.new_key()),
        vouchdesk_timezone="Europe/Brussels",
        vouchdesk_approvers="coupon-approvers",
        vouchdesk_operators="coupon-operators",
    )


def _ensure_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise NoSandbox(f"Port {port} is taken; choose another with --port.") from None


@contextmanager
def sandbox(module: str, *options: str) -> Iterator[str]:
    """A sandbox in a process of its own; gives its address."""
    process = subprocess.Popen(  # noqa: S603  our own module, with options of ours
        [sys.executable, "-m", module, *options],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for us; we end it
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        address = line.rpartition(" ")[2].strip()
        if not address.startswith("http"):
            raise NoSandbox(f"{module} did not come up.")
        yield address
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


@contextmanager
def listening(bot: Bot, port: int) -> Iterator[None]:
    """The bot's HTTP, in a thread beside whatever else is done."""
    config = uvicorn.Config(
        bot.http, host="127.0.0.1", port=port, log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="http", daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
