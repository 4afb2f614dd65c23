"""The broker's management interface over HTTP, which alone shows the bindings that exist."""

import asyncio
import base64
import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from shared.kernel.ports import BrokerUnavailableError
from shared.kernel.settings import Settings
from shared.rabbitmq.topology import (
    ALTERNATE_EXCHANGE,
    EXCHANGE,
    UNROUTED,
    Binding,
    exchanges,
    queues,
)

ANSWER_S_MAX = 3.0
OK = 200
DEFAULT_VIRTUAL_HOST = "/"


async def actual_bindings(settings: Settings) -> set[Binding]:
    """Return the bindings of our exchanges to our queues, of `CLAS_AMQP_MANAGEMENT_URL`.

    Raises:
        BrokerUnavailableError: when the interface does not answer, or refuses the user.
    """
    listed = await _get(settings, f"bindings/{_virtual_host(settings)}")
    ours = {each.name for each in exchanges()}, {queue.name for queue in queues(settings)}
    bindings = (
        Binding(each["source"], each["destination"], each["routing_key"])
        for each in listed
        if each["destination_type"] == "queue"
    )
    return {each for each in bindings if each.exchange in ours[0] and each.queue in ours[1]}


async def policy_names_alternate(settings: Settings) -> bool:
    """Return whether a policy gives the events exchange its alternate exchange.

    Raises:
        BrokerUnavailableError: when the interface does not answer, or refuses the user.
    """
    host = _virtual_host(settings)
    policy = (await _get(settings, f"exchanges/{host}/{EXCHANGE}")).get("policy")
    if not policy:
        return False
    definition = (await _get(settings, f"policies/{host}/{quote(policy, safe='')}"))["definition"]
    return bool(definition.get(ALTERNATE_EXCHANGE) == UNROUTED)


async def _get(settings: Settings, path: str) -> Any:
    url = urlsplit(settings.amqp_management_url)
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            return await asyncio.to_thread(_read, url, path)
    except (OSError, HTTPException, ValueError) as fault:
        msg = f"management interface: {type(fault).__name__}: {fault}"[:300]
        raise BrokerUnavailableError(msg) from fault


def _read(url: SplitResult, path: str) -> Any:
    """Return a JSON document of the interface; its user and password are those of the URL."""
    secured = url.scheme == "https"
    connect = HTTPSConnection if secured else HTTPConnection
    connection = connect(url.hostname or "", url.port, timeout=ANSWER_S_MAX)
    user = f"{unquote(url.username or 'guest')}:{unquote(url.password or 'guest')}"
    credentials = base64.b64encode(user.encode()).decode()
    try:
        headers = {"Authorization": f"Basic {credentials}"}
        connection.request("GET", f"{url.path.rstrip('/')}/api/{path}", headers=headers)
        response = connection.getresponse()
        body = response.read()
        if response.status != OK:
            msg = f"{response.status} {response.reason} for {path}"
            raise HTTPException(msg)
        return json.loads(body)
    finally:
        connection.close()


def _virtual_host(settings: Settings) -> str:
    path = unquote(urlsplit(settings.amqp_url).path.removeprefix("/"))
    return quote(path or DEFAULT_VIRTUAL_HOST, safe="")
