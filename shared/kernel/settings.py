"""Settings of a service, read from the environment (`CLAS_…`)."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

FIRST_PORT = 9101
"""Health pages of the first service; each of the others has the next port."""
Bytes = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """Limits and intervals; a name ends with its unit. The defaults were measured."""

    model_config = SettingsConfigDict(env_prefix="CLAS_", frozen=True)

    amqp_url: str = "amqp://guest:guest@127.0.0.1:5672/"
    amqp_management_url: str = ""
    mongo_url: str = "mongodb://127.0.0.1:27017/?replicaSet=rs0"
    database_prefix: str = "clas_"
    declare: Literal["yes", "check"] = "yes"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    batch_max: Annotated[int, Field(ge=1, le=1_000)] = 200
    batch_bytes_max: Bytes = 8 * 1024 * 1024
    prefetch: Annotated[int, Field(ge=1, le=2_000)] = 400
    linger_ms: Annotated[int, Field(ge=0, le=1_000)] = 5
    body_bytes_max: Bytes = 1024 * 1024

    amqp_heartbeat_s: Annotated[int, Field(ge=1, le=60)] = 5
    publish_timeout_s: Annotated[float, Field(gt=0)] = 5.0
    dispatches_max: Annotated[int, Field(ge=1)] = 4
    relay_every_s: Annotated[float, Field(gt=0)] = 1.0
    relay_grace_s: Annotated[float, Field(ge=0)] = 1.0
    relay_lease_s: Annotated[float, Field(gt=0)] = 10.0
    relay_most: Annotated[int, Field(ge=1)] = 100
    drain_s: Annotated[float, Field(gt=0)] = 20.0

    conflicts_before_halving: Annotated[int, Field(ge=1)] = 5
    conflicts_max: Annotated[int, Field(ge=1)] = 100
    deliveries_before_alone: Annotated[int, Field(ge=1)] = 3
    attempts_max: Annotated[int, Field(ge=1)] = 5
    attempts_after_s: Annotated[float, Field(ge=0)] = 0.5
    redelivered_before_widening: Annotated[int, Field(ge=1)] = 50
    patience_s: Annotated[float, Field(ge=0)] = 2.0
    patience_alone_s: Annotated[float, Field(ge=0)] = 60.0
    pause_s_max: Annotated[float, Field(ge=0)] = 600.0
    backoff_s_max: Annotated[float, Field(gt=0)] = 10.0

    log_age: str = "30D"
    log_bytes_max: Bytes = 5 * 1024**3

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    crash_at: str = ""

    @property
    def relay_grace(self) -> timedelta:
        """When the relay takes a record: `relay_grace_s` after its publication must have ended."""
        return timedelta(seconds=self.publish_timeout_s + self.relay_grace_s)

    @property
    def linger(self) -> timedelta:
        """How long a batch waits for further messages after its first one."""
        return timedelta(milliseconds=self.linger_ms)


def address(url: str) -> str:
    """Return the hosts of a server's URL, without its user, password and options."""
    hosts = url.partition("://")[2] or url
    return hosts.rpartition("@")[2].partition("/")[0].partition("?")[0] or "(no host)"
