"""`python -m sandbox.coupontools --port N`: the account on loopback, until it is interrupted."""

import argparse
import contextlib
import socket
import sys

import uvicorn

from sandbox.coupontools.app import create
from sandbox.coupontools.profiles import DOCUMENTED, PROFILES

LOOPBACK = "127.0.0.1"


class Server(uvicorn.Server):
    """Says where it listens once it does, in one line and nothing else."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for each in sockets or ():
            sys.stdout.write(f"listening on http://{LOOPBACK}:{each.getsockname()[1]}\n")
        sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox.coupontools", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--profile", choices=[*PROFILES], default=DOCUMENTED)
    given = parser.parse_args()
    config = uvicorn.Config(
        create(given.profile), log_level="warning", access_log=False, lifespan="off", ws="none"
    )
    tcp = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, answers go out at once
    with socket.socket(*tcp) as listening, contextlib.suppress(KeyboardInterrupt):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, given.port))
        Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
