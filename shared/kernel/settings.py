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
    mongo_url: str = "mongodb://127.0.0.1:27017/?replicaSet=rs0"
    database_prefix: str = "clas_"
    declare: Literal["yes", "check"] = "yes"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    batch_max: Annotated[int, Field(ge=1, le=1_000)] = 200
    batch_bytes_max: Bytes = 8 * 1024 * 1024
    prefetch: Annotated[int, Field(ge=1, le=2_000)] = 400
    linger_ms: Annotated[int, Field(ge=0, le=1_000)] = 5
    body_bytes_max: Bytes = 1024 * 1024

    publish_timeout_s: Annotated[float, Field(gt=0)] = 5.0
    dispatches_max: Annotated[int, Field(ge=1)] = 4
    relay_every_s: Annotated[float, Field(gt=0)] = 1.0
    relay_grace_s: Annotated[float, Field(ge=0)] = 2.0
    relay_lease_s: Annotated[float, Field(gt=0)] = 10.0
    relay_most: Annotated[int, Field(ge=1)] = 100
    drain_s: Annotated[float, Field(gt=0)] = 20.0

    conflicts_before_halving: Annotated[int, Field(ge=1)] = 5
    crashes_before_alone: Annotated[int, Field(ge=1)] = 3
    crashes_max: Annotated[int, Field(ge=1)] = 20
    backoff_s_max: Annotated[float, Field(gt=0)] = 10.0

    log_age: str = "30D"
    log_bytes_max: Bytes = 5 * 1024**3

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    crash_at: str = ""

    @property
    def linger(self) -> timedelta:
        """How long a batch waits for further messages after its first one."""
        return timedelta(milliseconds=self.linger_ms)
