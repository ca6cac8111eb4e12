"""Socket Mode: the connections a bot opened, and the envelopes that travel on them."""

import asyncio
import json
import secrets

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.slack import cast
from sandbox.slack.shapes import Json

MOST = 10


class Exchange:
    """Sends each envelope over one of the open connections and waits for its acknowledgement."""

    def __init__(self) -> None:
        self._lines: list[WebSocket] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}

    @property
    def connected(self) -> int:
        return len(self._lines)

    async def send(self, envelope: Json) -> Json:
        """The payload of the acknowledgement; ConnectionError when nobody listens."""
        if not self._lines:
            raise ConnectionError("no socket is open")
        line = self._lines.pop(0)
        self._lines.append(line)
        name = secrets.token_hex(12)
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[name] = future
        try:
            await line.send_text(json.dumps({**envelope, "envelope_id": name}))
            return await future
        except (RuntimeError, WebSocketDisconnect) as gone:
            raise ConnectionError("the socket is gone") from gone
        finally:
            self._waiting.pop(name, None)

    async def serve(self, line: WebSocket) -> None:
        """One connection, from hello to the end."""
        await line.accept()
        if len(self._lines) >= MOST:
            await line.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await line.close()
            return
        self._lines.append(line)
        try:
            await line.send_json(self._hello())
            while True:
                self._acknowledge(await line.receive_text())
        except WebSocketDisconnect:
            return
        finally:
            self._lines.remove(line)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._lines),
            "connection_info": {"app_id": cast.BOT["app_id"]},
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    def _acknowledge(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        name = frame.get("envelope_id") if isinstance(frame, dict) else None
        future = self._waiting.get(str(name))
        if future is not None and not future.done():
            future.set_result(frame.get("payload") or {})
