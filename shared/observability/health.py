"""The HTTP endpoints of a service: `/live`, `/ready`, `/metrics`."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from faststream.asgi import AsgiResponse, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[dict[str, bool]]]
Route = tuple[str, Any]


def routes(live: Callable[[], bool], ready: Check) -> list[Route]:
    """Return the routes. `ready` returns each dependency of the service and whether it is up."""

    @get
    async def live_page(_: Any) -> AsgiResponse:
        alive = live()
        return AsgiResponse(b"live" if alive else b"stuck", status_code=200 if alive else 503)

    @get
    async def ready_page(_: Any) -> AsgiResponse:
        checks = await ready()
        status = 200 if all(checks.values()) else 503
        return AsgiResponse(
            orjson.dumps(checks), status_code=status, headers={"content-type": "application/json"}
        )

    @get
    async def metrics_page(_: Any) -> AsgiResponse:
        return AsgiResponse(
            generate_latest(), status_code=200, headers={"content-type": CONTENT_TYPE_LATEST}
        )

    return [("/live", live_page), ("/ready", ready_page), ("/metrics", metrics_page)]
