"""The ways to handle a hop, each as a process of its own."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient

from deploy.embedded import Servers
from tests.bench.hops import Hop

SERVICE = "service"
FORWARDER = "forwarder"
BATCHED = "batched-forwarder"
TRANSACTION = "transaction"
FRAMEWORK = "faststream"

WAYS = (FORWARDER, BATCHED, SERVICE, TRANSACTION, FRAMEWORK)
SLOW = (TRANSACTION, FRAMEWORK)
DECIDING = (SERVICE, FRAMEWORK)
"""They need what a message refers to; the others look at no state."""
END_S_MAX = 30


def ways_of(hop: Hop) -> tuple[str, ...]:
    """Return the ways that are measured on a hop."""
    return WAYS if hop.compared else (FORWARDER, SERVICE)


def command(hop: Hop, way: str) -> list[str]:
    """Return the arguments of the interpreter that run a way."""
    modules = {
        SERVICE: [f"services.{hop.service}"],
        FORWARDER: ["tests.bench.forwarder", hop.service, hop.publishes],
        BATCHED: ["tests.bench.batched_forwarder", hop.service, hop.publishes],
        TRANSACTION: ["tests.bench.single", hop.service, hop.publishes],
        FRAMEWORK: ["tests.bench.framework", hop.service],
    }
    return [sys.executable, "-m", *modules[way]]


@contextmanager
def started(servers: Servers, prefix: str, arguments: list[str]) -> Iterator[int]:
    """Run a process on the databases of a prefix; yield its id; end it as an operator would."""
    environment = os.environ | {
        "CLAS_AMQP_URL": servers.amqp_url,
        "CLAS_MONGO_URL": servers.mongo_url,
        "CLAS_DATABASE_PREFIX": prefix,
        "CLAS_PORT": "0",
        "CLAS_LOG_LEVEL": "error",
    }
    process = subprocess.Popen(arguments, env=environment)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(END_S_MAX)


@contextmanager
def databases(servers: Servers) -> Iterator[str]:
    """Yield a prefix of databases that are dropped at the end."""
    prefix = f"bench{uuid.uuid4().hex[:6]}_"
    try:
        yield prefix
    finally:
        with MongoClient[dict[str, Any]](servers.mongo_url) as client:
            for name in client.list_database_names():
                if name.startswith(prefix):
                    client.drop_database(name)
