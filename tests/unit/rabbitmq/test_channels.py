"""The ends of a connection have one shape, and only they."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.kernel.ports import BrokerUnavailableError
from shared.rabbitmq.channels import connection_faults


async def _cancelled_within() -> None:
    """As the client library does where a connection ends by silence."""
    waited_for = asyncio.get_running_loop().create_future()
    waited_for.cancel()
    await waited_for


async def _ended_between_two_frames() -> None:
    raise Exception  # noqa: TRY002 - as the client library does


@pytest.mark.parametrize("end", [_cancelled_within, _ended_between_two_frames])
async def test_whatever_the_library_raises_the_broker_is_unavailable(
    end: Callable[[], Awaitable[None]],
) -> None:
    with pytest.raises(BrokerUnavailableError), connection_faults():
        await end()


async def test_a_task_that_is_cancelled_stays_cancelled() -> None:
    async def wait() -> None:
        with connection_faults():
            await asyncio.sleep(60)

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_time_out_stays_a_time_out() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            with connection_faults():
                await asyncio.sleep(60)


async def test_any_other_fault_stays_itself() -> None:
    with pytest.raises(ZeroDivisionError), connection_faults():
        raise ZeroDivisionError
