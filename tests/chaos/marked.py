"""`python -m tests.chaos.marked SERVICE`: a service with decisions that misbehave.

The decision on an event whose id begins with a mark kills the process, fails, or, the first time,
lasts longer than a transaction may.
"""

import os
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from deploy.embedded.mongo import TRANSACTION_S_MAX
from shared.kernel.decision import Decision, Message, States
from shared.kernel.service import Handler, Service
from shared.service_app import run
from tests.support.services import ALL

DEADLY, FAILING, SLOW = "deadly", "failing", "761-decision"
ONCE_VARIABLE = "CLAS_CHAOS_ONCE"
"""The file that says that the slow decision was taken."""
MODULE = "tests.chaos.marked"


def with_marks(service: Service) -> Service:
    """Return the service with decisions that mind the marks."""
    return replace(service, handlers=tuple(_with_marks(service.handlers)))


def _with_marks(handlers: Iterable[Handler]) -> Iterable[Handler]:
    for handler in handlers:
        yield replace(handler, decide=_Marked(handler))


class _Marked:
    """The decision of a handler, with misbehaviour where the id asks for it."""

    def __init__(self, handler: Handler) -> None:
        self._decide = handler.decide

    def __call__(self, message: Message[Any], states: States, parameters: Any) -> Decision:
        if message.id.startswith(DEADLY):
            os.abort()
        if message.id.startswith(FAILING):
            raise ZeroDivisionError(message.id)
        if message.id.startswith(SLOW):
            _outlast_a_transaction_once()
        return self._decide(message, states, parameters)


def _outlast_a_transaction_once() -> None:
    once = os.environ.get(ONCE_VARIABLE)
    if once and not Path(once).exists():
        Path(once).touch()
        time.sleep(2 * TRANSACTION_S_MAX)


if __name__ == "__main__":
    (chosen,) = [service for service in ALL if service.name == sys.argv[1]]
    run(with_marks(chosen))
