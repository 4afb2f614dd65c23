"""The sample campaign on the real services: varied records and states, to be cloned.

Whole lives of 132 dossiers, mistakes, refusals, closings and controls among them.
"""

import json
from itertools import groupby
from operator import itemgetter

from services.cli.demo.phases import ATTRIBUTE
from shared.contracts.envelope import InvalidMessageError, decode
from shared.contracts.registry import SERVICES
from tests.support.client import key_of, name_of, rabbit_client
from tests.support.processes import Processes
from tests.tools.campaign.generate import events

TOKEN = b"DEMO-76"
"""What the id of every dossier of the sample begins with."""
DOSSIERS = 132


async def play_sample(stage: Processes) -> None:
    """Play the campaign on four services; their databases then hold it."""
    await stage.start(*SERVICES)
    async with rabbit_client(stage.servers.amqp_url) as client:
        for _, phase in groupby(events(), itemgetter(ATTRIBUTE)):
            for event in phase:
                body = json.dumps(event).encode()
                await client.send(body, key_of(event), event["id"])
                if _is_valid(body):  # Otherwise its record has another id.
                    stage.sent.append((name_of(event), event["id"]))
            await stage.wait_until_idle()


def _is_valid(body: bytes) -> bool:
    try:
        decode(body)
    except InvalidMessageError:
        return False
    return True
