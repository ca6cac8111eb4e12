"""One address for several replicas: who does not answer is passed over."""

import random
from collections.abc import Sequence
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.chaos.replica import Replica

KEPT = ("content-type", "x-slack-no-retry")


def balancer(replicas: Sequence[Replica]) -> Starlette:
    """Hands each request to one of them, and never to a second one that may have begun."""
    client = httpx.AsyncClient(
        trust_env=False, timeout=10, limits=httpx.Limits(max_keepalive_connections=0)
    )

    async def passed_on(request: Request) -> Response:
        body, headers = await request.body(), _without_host(request)
        for replica in random.sample(replicas, len(replicas)):
            try:
                answer = await client.post(
                    replica.url + request.url.path, content=body, headers=headers
                )
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
            except httpx.HTTPError:
                return Response("It died over it", 502)
            kept = {name: answer.headers[name] for name in KEPT if name in answer.headers}
            return Response(answer.content, answer.status_code, kept)
        return Response("Nobody is up", 503)

    return Starlette(routes=[Route("/{path:path}", passed_on, methods=["POST"])])


def _without_host(request: Request) -> dict[str, Any]:
    return {name: value for name, value in request.headers.items() if name != "host"}
