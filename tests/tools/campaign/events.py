"""CloudEvents of external producers; ids are derived, so that playing again changes nothing."""

from typing import Any

from services.cli.demo.phases import ATTRIBUTE, Phase
from shared.contracts.registry import TYPE_PREFIX
from shared.kernel.decision import derived_id
from tests.tools.campaign.dossiers import CAF

SOURCES = {
    "DossierSubmitted": "/elan",
    "CommitteeDecided": f"/comite-clas/{CAF}",
    "ResultAccountFiled": "/elan",
    "ControlConcluded": f"/controle/{CAF}",
    "ExerciseClosed": f"/agent-comptable/{CAF}",
}


def with_author(data: dict[str, Any], author: str) -> dict[str, Any]:
    """Return the data with its author right after its day: `ordered_on`, then `ordered_by`."""
    (day,) = (name for name in data if name.endswith("_on"))
    items = list(data.items())
    place = list(data).index(day) + 1
    return dict([*items[:place], (f"{day.removesuffix('_on')}_by", author), *items[place:]])


def event(
    phase: Phase, name: str, time: str, data: dict[str, Any], rank: int = 1
) -> dict[str, Any]:
    """Return a CloudEvent; `rank` numbers the events of one phase about the same subject."""
    subject = data.get("dossier_id")
    about = data.get("reversal_id") or data.get("order_id") or subject or data.get("siret") or ""
    year = str(data.get("school_year") or data.get("exercise") or "")
    identity = derived_id("demo", phase.name, name, about, year, str(rank))
    head = {
        "specversion": "1.0",
        "id": identity,
        "source": SOURCES.get(name, f"/caf/{CAF}"),
        "type": f"{TYPE_PREFIX}{name}.v1",
    }
    head |= {"subject": subject} if subject else {}
    return head | {
        "time": time,
        "datacontenttype": "application/json",
        ATTRIBUTE: phase.name,
        "data": data,
    }
