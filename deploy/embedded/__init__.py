"""RabbitMQ and MongoDB for demos and tests, without an installation.

``servers()`` yields the servers that this machine offers; ``private_servers()`` yields two that
may be killed. Both stop the servers they started.
"""

from deploy.embedded.choice import (
    PrivateServers,
    Servers,
    ServersUnavailableError,
    private_servers,
    servers,
)
from deploy.embedded.mongo import PrivateMongo
from deploy.embedded.rabbit import PrivateRabbit
from deploy.embedded.server import ServerFailedError

__all__ = [
    "PrivateMongo",
    "PrivateRabbit",
    "PrivateServers",
    "ServerFailedError",
    "Servers",
    "ServersUnavailableError",
    "private_servers",
    "servers",
]
