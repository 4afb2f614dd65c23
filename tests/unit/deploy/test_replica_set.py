"""A node becomes a replica set of one, or the container that asks for it fails."""

from collections.abc import Iterator

import pytest

from deploy.embedded.ports import free_port
from deploy.mongodb import __main__ as replica_set


def test_it_waits_until_the_node_takes_writes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: Iterator[bool] = iter([False, False, True])
    calls: list[tuple[str, str]] = []

    def node(address: str, *, member: str) -> bool:
        calls.append((address, member))
        return next(answers)

    monkeypatch.setattr(replica_set, "becomes_primary", node)
    monkeypatch.setattr(replica_set, "POLL_S", 0)

    replica_set.main("mongodb:27017", "127.0.0.1:27017")

    assert calls == [("mongodb:27017", "127.0.0.1:27017")] * 3
    assert (
        capsys.readouterr().out == "MongoDB at mongodb:27017 is a replica set, and takes writes.\n"
    )


def test_it_fails_when_there_is_no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica_set, "WAIT_S_MAX", 0)
    nowhere = f"127.0.0.1:{free_port()}"

    with pytest.raises(SystemExit) as ended:
        replica_set.main(nowhere, nowhere)

    assert ended.value.code == f"MongoDB at {nowhere} takes no writes after 0 s."
