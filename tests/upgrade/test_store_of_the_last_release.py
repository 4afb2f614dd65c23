"""The store that release 0.3.0 left: its demo, the stories, the partner kit and five exports.

`check.txt` and `replay.txt` are what that release's own commands said of it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from deploy.embedded import Servers
from tests.support.command_line import Stage, staged
from tests.upgrade.store import restore

RELEASE = Path(__file__).parent / "0.3.0"

pytestmark = pytest.mark.servers


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    with staged(real_servers, tmp_path) as stage:
        stage.clas("topology")
        with MongoClient[RawBSONDocument](real_servers.mongo_url) as client:
            restore(RELEASE / "store.tar.xz", client, stage.prefix)
        yield stage


def test_check_and_replay_say_of_it_what_the_release_itself_said(stage: Stage) -> None:
    for command in ("check", "replay"):
        frozen = (RELEASE / f"{command}.txt").read_text(encoding="utf-8")
        assert stage.clas(command).stdout == frozen
