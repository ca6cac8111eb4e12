"""Procrastinate on PostgreSQL: a deferred task for each push, and one worker."""

import asyncio
from typing import Any

from procrastinate import App, PsycopgConnector

from bench.peers.given import Given, given, now, send

AT_ONCE = 20
POLL = 0.5
"""Seconds between two looks for what is due: as often as our own beat."""


def main() -> None:
    asyncio.run(carry_out(given()))


async def carry_out(work: Given) -> None:
    """Hand everything in while the worker is at it, and go on until we are ended."""
    app = App(connector=PsycopgConnector(conninfo=work.store))

    @app.task(name="push")
    def push(what: dict[str, Any]) -> None:
        send(work.url, work.keys, what)

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=AT_ONCE, fetch_job_polling_interval=POLL, install_signal_handlers=False
            )
        )
        print(now(), flush=True)
        for what, due in zip(work.pushes, work.dues, strict=True):
            await push.configure(schedule_at=due).defer_async(what=what)
        print(now(), flush=True)
        await worker
