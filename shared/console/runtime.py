"""Settings from the environment, and work on the servers with its faults in one line."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from pydantic import ValidationError

from shared.console.terminal import Code, fail
from shared.kernel.ports import BrokerUnavailableError, StoreError, StoreFormError
from shared.kernel.settings import Settings, address
from shared.observability import logs
from shared.rabbitmq.errors import TopologyError

T = TypeVar("T")
WAY_OUT = "Start the servers (`clas up`) or set {variable}; see `clas doctor`."


def load_settings() -> Settings:
    """Return the settings of the environment, or end with their errors."""
    try:
        return Settings()
    except ValidationError as fault:
        wrong = "; ".join(
            f"CLAS_{'_'.join(map(str, error['loc'])).upper()}: {error['msg']}"
            for error in fault.errors(include_url=False, include_input=False)
        )
        fail(f"the environment does not fit: {wrong}", Code.USAGE)


def run_async(work: Coroutine[Any, Any, T], settings: Settings) -> T:
    """Return what the work returns; end with one line, exit code 3 when a server is away."""
    logs.silence()
    try:
        return asyncio.run(work)
    except BrokerUnavailableError as fault:
        fail(broker_unavailable(settings, fault), Code.UNREACHABLE)
    except StoreError as fault:
        fail(store_unavailable(settings, fault), Code.UNREACHABLE)
    except (TopologyError, StoreFormError) as fault:
        fail(str(fault), Code.WRONG)


def broker_unavailable(settings: Settings, fault: BrokerUnavailableError) -> str:
    """Return that the broker cannot be used, its address and what to do."""
    way_out = WAY_OUT.format(variable="CLAS_AMQP_URL")
    return f"RabbitMQ at {address(settings.amqp_url)} cannot be used ({short(fault)}). {way_out}"


def store_unavailable(settings: Settings, fault: StoreError) -> str:
    """Return that the database cannot be used, its address and what to do."""
    way_out = WAY_OUT.format(variable="CLAS_MONGO_URL")
    return f"MongoDB at {address(settings.mongo_url)} cannot be used ({short(fault)}). {way_out}"


def short(fault: Exception) -> str:
    """Return the first line of a fault, 200 characters at most, without driver settings."""
    text = str(fault).partition("\n")[0]
    return text.partition(", Timeout:")[0].partition(" (configured timeouts:")[0][:200]
