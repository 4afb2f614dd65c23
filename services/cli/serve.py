"""`clas serve`: one service in this process, or all four in four processes."""

import contextlib
from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer

from services.cli.supervisor import Supervisor
from shared.console.runtime import load_settings
from shared.console.terminal import Code, echo, fail
from shared.contracts.registry import SERVICES
from shared.kernel.settings import FIRST_PORT


class ServiceChoice(StrEnum):
    """The name of a service, or `all`."""

    submission = "submission"
    eligibility = "eligibility"
    funding = "funding"
    accounting = "accounting"
    all = "all"


def serve(service: Annotated[ServiceChoice, typer.Argument(metavar="SERVICE")]) -> None:
    """Run one service in this process, or `all` four, each in a process of its own.

    Each service answers `/live`, `/ready` and `/metrics` on a port of its own: 9101 to 9104, or
    CLAS_PORT (`all`: CLAS_PORT and the three after it; 0 takes any free ones). SIGTERM and Ctrl-C
    finish the messages in progress first. When one of the four processes ends by itself, the
    others are stopped and the exit code is 1.
    """
    if service is ServiceChoice.all:
        serve_all()
    else:
        serve_one(service)


def serve_one(name: str) -> None:
    """Run one service until SIGTERM or Ctrl-C."""
    from shared.service_app import run

    load_settings()
    with contextlib.suppress(KeyboardInterrupt):
        run(import_module(f"services.{name}.service").SERVICE)


def serve_all() -> None:
    """Run the four services until a signal stops them; exit code 1 when one ends by itself."""
    supervisor = Supervisor(ports(), drain_s=load_settings().drain_s)
    with supervisor.signals():
        echo(f"Running {', '.join(SERVICES)}. Ctrl-C stops them.")
        supervisor.start()
        supervisor.watch()
    end(supervisor)


def ports() -> dict[str, int]:
    """Return the port of each service's health pages; 0 stands for any free port."""
    first = load_settings().port
    if first == 0:
        return dict.fromkeys(SERVICES, 0)
    return {name: (first or FIRST_PORT) + rank for rank, name in enumerate(SERVICES)}


def end(supervisor: Supervisor) -> None:
    """End with exit code 1 when a service ended by itself."""
    if supervisor.fault:
        fail(supervisor.fault, Code.WRONG)
