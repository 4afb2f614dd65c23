"""Collecting the preconditions of a closing from accounting, funding and the broker."""

from services.accounting import queries as accounting
from services.accounting.closing_cli.checklist import NAMED_MAX, Preconditions
from services.accounting.closing_cli.request import Request
from services.cli.reads import ReadsByService
from services.funding import queries as funding
from shared.console.idle import Backlog, open_probe, wait_until_idle
from shared.contracts.common import Reason
from shared.contracts.registry import SERVICES
from shared.kernel.outbox import queue_of
from shared.kernel.settings import Settings
from shared.rabbitmq.broker_admin import connected, queue_stats
from shared.rabbitmq.dead_letter_queue import count_of_caf

IDLE_S_MAX = 5.0
NO_BACKLOG = Backlog({}, {})


async def wait_for_services(settings: Settings, reads: ReadsByService) -> Backlog:
    """Wait a moment for messages in transit; return the backlog that remains."""
    async with open_probe(settings, reads) as probe:
        return await wait_until_idle(probe, IDLE_S_MAX, lambda _: None) or NO_BACKLOG


async def preconditions_of(
    settings: Settings,
    reads: ReadsByService,
    request: Request,
    refusals: tuple[Reason, ...],
    backlog: Backlog,
) -> Preconditions:
    """Return all that the checklist shows."""
    caf, exercise = request.caf, request.exercise
    books, grants = reads["accounting"], reads["funding"]
    refused = await funding.dossiers_with_refused_accounts(grants, caf, exercise - 1)
    async with connected(settings) as connection:
        dead_letters = {name: await count_of_caf(connection, name, caf) for name in SERVICES}
        queue = await queue_stats(connection, queue_of("accounting"))
    return Preconditions(
        caf=caf,
        exercise=exercise,
        closed_on=request.closed_on,
        refusals=refusals,
        backlog=backlog,
        grants=await accounting.grants_before_closing(books, caf, exercise, NAMED_MAX),
        for_bareme=await funding.deferred_grants(grants, caf, exercise, "bareme", NAMED_MAX),
        for_credits=await funding.deferred_grants(grants, caf, exercise, "envelope", NAMED_MAX),
        refused_accounts=await accounting.unsettled_among(books, refused, exercise - 1, NAMED_MAX),
        dead_letters=dead_letters,
        consumers=queue.consumers if queue else 0,
    )
