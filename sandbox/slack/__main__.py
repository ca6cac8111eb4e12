"""Runs the Slack sandbox on loopback until it is told to stop."""

import argparse
import socket
import sys
from pathlib import Path

import uvicorn
import yaml

from sandbox.slack.app import create


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--bot", help="address of /slack/events; without it: Socket Mode")
    parser.add_argument("--signing-secret", default="", help="the secret the bot checks")
    parser.add_argument("--manifest", type=Path, help="manifest.yml: scopes, commands, events")
    parser.add_argument("--coupontools", help="address of the Coupontools sandbox")
    parser.add_argument("--no-rate-limits", action="store_true")
    options = parser.parse_args()
    manifest = yaml.safe_load(options.manifest.read_text("utf-8")) if options.manifest else None
    app = create(
        options.bot,
        options.signing_secret,
        manifest,
        options.coupontools,
        rate_limits=not options.no_rate_limits,
    )
    # Named TCP in full, or asyncio would leave Nagle's delay on for every connection.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", options.port))
    listener.listen(1024)
    sys.stdout.write(f"listening on http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
