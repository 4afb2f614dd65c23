"""Six dossiers of one Caf from their deposit to a control, through the closings of two exercises.

D-1 has both advances, its balance and a rappel; D-2 an advance taken back, then its balance; D-3
an advance, then its right cancelled; D-4 and D-5 nothing but the closings, D-5 its balance too;
D-6 waits for credits: 5 of 1 103.30 euros fit into the 6 000.00 of 2025.
"""

from services.cli.services import SERVICES_BY_NAME
from shared.contracts.base import WireModel
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.support import life, samples
from tests.support.client import Event, MemoryClient, event, send
from tests.support.mongo_copy import copy_to_mongo

DOSSIERS = tuple(f"D-{rank}" for rank in range(1, 7))
LOWER = {"actual_cost": "8000.00"}


async def keep_six_lives(settings: Settings) -> None:
    """Play them in process, and write the stores of the services into their databases."""
    async with running(tuple(SERVICES_BY_NAME.values()), settings) as system:
        client = MemoryClient(system)
        for phase in phases():
            for sent in phase:
                await send(client, sent)
            await system.wait_until_idle()
        await copy_to_mongo(system, settings)


def phases() -> list[list[Event]]:
    """Return what producers send, in turn."""
    granted = DOSSIERS[:5]
    return [
        [_sent(samples.campaign()), _sent(life.envelope_allotted(amount="6000.00"))],
        [_sent(samples.dossier(dossier_id=each), each) for each in DOSSIERS],
        [_sent(samples.committee_decision(dossier_id=each), each) for each in granted],
        [_sent(samples.committee_decision(dossier_id="D-6"), "D-6")],
        [_sent(samples.convention(dossier_id=each), each) for each in granted],
        [_advance("D-1", "772.31"), _advance("D-2", "500.00"), _advance("D-3", "300.00")],
        [_sent(life.advance_reversal_ordered(dossier_id="D-2", order_id="ORD-D-2-2025"))],
        [_closing(2025)],
        [_advance("D-1", "1158.46", 2026, "2026-03-10")],
        [_accounts("D-1", **LOWER), _accounts("D-2"), _accounts("D-5")],
        [_sent(life.funding_cancellation_ordered(dossier_id="D-3", ordered_on="2026-06-30"))],
        [_closing(2026)],
        [_sent(life.control_concluded(dossier_id="D-1"))],
    ]


def _advance(
    dossier_id: str, amount: str, exercise: int = 2025, ordered_on: str = "2025-11-20"
) -> Event:
    order = samples.advance_order(
        dossier_id=dossier_id,
        order_id=f"ORD-{dossier_id}-{exercise}",
        exercise=exercise,
        amount=amount,
        ordered_on=ordered_on,
    )
    return _sent(order, f"{dossier_id}-{exercise}")


def _accounts(dossier_id: str, **changes: object) -> Event:
    actual = [life.actual_collectif(**changes)]
    return _sent(life.result_account_filed(dossier_id=dossier_id, collectifs=actual), dossier_id)


def _closing(exercise: int) -> Event:
    closing = samples.exercise_closed(exercise=exercise, closed_on=f"{exercise + 1}-01-31")
    return _sent(closing, str(exercise))


def _sent(data: WireModel, about: str = "") -> Event:
    name = type(data).__name__
    return event(name, data.model_dump(mode="json"), event_id=f"vie-{name}-{about}")
