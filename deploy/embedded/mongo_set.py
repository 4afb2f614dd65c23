"""A private MongoDB of three nodes: each can be killed, and the others go on."""

from pymongo.errors import PyMongoError

from deploy.embedded.mongo import REPLICA_SET, PrivateMongo, becomes_primary, connected_to
from deploy.embedded.server import Server, ServerFailedError

_MEMBERS = 3


class PrivateMongoSet(Server):
    """A replica set of three; its nodes can be killed and started one by one."""

    name = "MongoDB"
    origin = "private servers"

    def __init__(self) -> None:
        self.nodes = tuple(_Member() for _ in range(_MEMBERS))

    @property
    def url(self) -> str:
        """The address of the replica set."""
        hosts = ",".join(node.address for node in self.nodes)
        return f"mongodb://{hosts}/?replicaSet={REPLICA_SET}"

    def primary(self) -> PrivateMongo:
        """Return the node that accepts writes; raise ServerFailedError while there is none."""
        for node in self.nodes:
            if node.is_primary():
                return node
        raise ServerFailedError("No node of the replica set accepts writes.")

    def launch(self) -> None:
        """Start all nodes without waiting."""
        for node in self.nodes:
            node.launch()

    def stop(self) -> None:
        """Return once all nodes and their data are gone."""
        for node in self.nodes:
            node.stop()

    def _answers(self) -> bool:
        if not all(node.is_up() for node in self.nodes):
            return False
        first, *others = (node.address for node in self.nodes)
        return becomes_primary(first, member=first, others=others) or any(
            node.is_primary() for node in self.nodes
        )

    def _runs(self) -> bool:
        return all(node.processes() for node in self.nodes)

    def _last_words(self) -> str:
        return "\n".join(node.last_words() for node in self.nodes)


class _Member(PrivateMongo):
    """A node of the set, which the set initiates."""

    def is_up(self) -> bool:
        return self._hello() is not None

    def is_primary(self) -> bool:
        hello = self._hello()
        return bool(hello and hello["isWritablePrimary"])

    def last_words(self) -> str:
        return self._last_words()

    def _answers(self) -> bool:
        return self.is_up()

    def _hello(self) -> dict[str, object] | None:
        with connected_to(self.address) as client:
            try:
                return client.admin.command("hello")
            except PyMongoError:
                return None
