"""Starts that must fail, soon and clearly."""

import asyncio
import socket

from tests.chaos.registry import scenario
from tests.chaos.run import Run
from tests.support.processes import Replica

END_S_MAX = 60.0


@scenario(rows=(50,), summary="A service started with wrong credentials of the broker")
async def wrong_credentials(run: Run) -> None:
    """It waits and says so: credentials may be put right while it waits."""
    replica = run.stage.launch(
        "funding", amqp_url=f"amqp://guest:wrong@127.0.0.1:{run.rabbit.port}/"
    )
    await asyncio.sleep(run.seconds)
    assert replica.dead or '"waiting"' in replica.log.read_text(encoding="utf-8")
    assert not replica.started
    await _end(run, replica)


@scenario(rows=(50,), summary="A service started on a busy port")
async def busy_port(run: Run) -> None:
    """It ends by itself with an error that names the port; until then SIGTERM ends it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        replica = run.stage.launch("funding", port=str(port))
        try:
            await asyncio.wait_for(asyncio.to_thread(replica.process.wait), END_S_MAX)
        except TimeoutError:
            await _end(run, replica)
            raise AssertionError("the service neither serves nor ends") from None
    run.stage.running.remove(replica)
    assert replica.process.returncode not in {0, -9}
    assert str(port) in replica.log.read_text(encoding="utf-8")


async def _end(run: Run, replica: Replica) -> None:
    run.stage.running.remove(replica)
    replica.process.terminate()
    try:
        await asyncio.wait_for(asyncio.to_thread(replica.process.wait), END_S_MAX)
    except TimeoutError:
        replica.kill()
        raise AssertionError("SIGTERM did not end it") from None
