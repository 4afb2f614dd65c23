"""Batches on a real store: numbered, frozen as bytes, and whole or not at all."""

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from pymongo import MongoClient

from deploy.embedded import Servers
from shared.exports.pipeline import (
    Control,
    Draft,
    ExportRequest,
    ExportResult,
    NoSuchBatchError,
    TamperedBatchError,
    TargetExistsError,
    deliver,
)
from shared.kernel.ports import ConflictError, StoreUnavailableError
from shared.kernel.settings import Settings
from shared.mongodb.export_register import (
    Batch,
    ExportDraft,
    ExportInProgressError,
    ExportRegister,
    open_register,
)

pytestmark = pytest.mark.servers
SERIES = "csv-761-2025"


@pytest.fixture
async def register(real_servers: Servers) -> AsyncIterator[ExportRegister]:
    """An empty register."""
    prefix = f"clas_test_{uuid.uuid4().hex[:12]}_"
    async with open_register(
        Settings(mongo_url=real_servers.mongo_url, database_prefix=prefix)
    ) as made:
        yield made
    with MongoClient[dict[str, object]](real_servers.mongo_url) as client:
        client.drop_database(f"{prefix}exports")


class Ledger:
    """Entries that keep coming; `make` writes those that no earlier batch holds."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.made = 0

    async def make(self, path: Path, attempt: Draft) -> Control:
        self.made += 1
        exported = await attempt.entry_keys(self.keys[0], self.keys[-1])
        if new := [key for key in self.keys if key not in exported]:
            await attempt.add_keys(new)
        path.write_text("".join(f"{key}\n" for key in new))
        return {"count": len(new)}

    def order(self, fingerprint: str | None = None) -> ExportRequest:
        return ExportRequest(
            series=SERIES, file="clas.csv", make=self.make, fingerprint=fingerprint
        )


async def ask(
    register: ExportRegister,
    order: ExportRequest,
    to: Path,
    number: int | None = None,
    *,
    take_over: bool = False,
) -> ExportResult:
    return await deliver(register, order, to, number=number, take_over=take_over)


def text(result: ExportResult) -> str:
    return (result.folder / result.batch.file).read_text()


def everything(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


async def test_a_batch_holds_what_no_earlier_one_held(
    register: ExportRegister, tmp_path: Path
) -> None:
    ledger = Ledger("01", "03")
    first = await ask(register, ledger.order(), tmp_path)
    ledger.keys = ["01", "02", "03", "04"]  # One was booked before what was exported already.

    second = await ask(register, ledger.order(), tmp_path)

    assert (text(first), text(second)) == ("01\n03\n", "02\n04\n")
    assert (first.folder.name, second.folder.name) == ("csv-761-2025-001", "csv-761-2025-002")
    assert (first.new, second.new) == (True, True)


async def test_asked_again_it_is_the_same_bytes_anywhere(
    register: ExportRegister, tmp_path: Path
) -> None:
    ledger = Ledger("01")
    await ask(register, ledger.order(), tmp_path / "here")
    again = await ask(register, ledger.order(), tmp_path / "there")
    ledger.keys.append("02")
    await ask(register, ledger.order(), tmp_path / "later")

    by_number = await ask(register, ledger.order(), tmp_path / "by number", number=1)

    assert (again.new, by_number.new) == (False, False)
    here = everything(tmp_path / "here")
    assert sorted(here) == ["csv-761-2025-001/clas.csv", "csv-761-2025-001/manifest.json"]
    assert everything(tmp_path / "there") == everything(tmp_path / "by number") == here


async def test_the_bytes_are_those_kept_whatever_would_be_made_today(
    register: ExportRegister, tmp_path: Path
) -> None:
    ledger = Ledger("01")
    await ask(register, ledger.order("content"), tmp_path / "here")
    ledger.keys = ["changed"]

    again = await ask(register, ledger.order("content"), tmp_path / "there")

    assert (text(again), ledger.made) == ("01\n", 1)


async def test_other_content_is_another_batch(register: ExportRegister, tmp_path: Path) -> None:
    ledger = Ledger("01")
    await ask(register, ledger.order("content"), tmp_path)
    ledger.keys.append("02")

    other = await ask(register, ledger.order("other content"), tmp_path)

    assert (other.batch.number, text(other)) == (2, "02\n")


async def test_that_nothing_is_left_of_a_state_is_a_new_batch(
    register: ExportRegister, tmp_path: Path
) -> None:
    async def nothing_left(path: Path, attempt: Draft) -> Control:  # noqa: ARG001
        path.write_text("header\n")
        return {"count": 0}

    empty = ExportRequest(SERIES, "clas.csv", nothing_left, "empty", states=True)
    with pytest.raises(NoSuchBatchError):
        await ask(register, empty, tmp_path)
    await ask(register, Ledger("01").order("full"), tmp_path)

    second, again = [await ask(register, empty, tmp_path) for _ in range(2)]

    assert (second.batch.number, second.new, text(second)) == (2, True, "header\n")
    assert (again.batch.number, again.new) == (2, False)


async def two(path: Path, attempt: Draft) -> Control:  # noqa: ARG001
    path.write_text("01\n02\n")
    return {"count": 2}


async def test_what_came_while_a_batch_was_made_is_not_given_out_twice(
    register: ExportRegister, tmp_path: Path
) -> None:
    counted = ExportRequest(
        SERIES, "clas.csv", two, "1", made=lambda control: str(control["count"])
    )
    await ask(register, counted, tmp_path / "here")

    again = await ask(register, replace(counted, fingerprint="2"), tmp_path / "there")

    assert (again.new, again.batch.number, text(again)) == (False, 1, "01\n02\n")


async def test_a_manifest_says_what_the_file_is_and_which_one_it_follows(
    register: ExportRegister, tmp_path: Path
) -> None:
    ledger = Ledger("01", "02")
    first = await ask(register, ledger.order(), tmp_path)
    ledger.keys.append("03")
    second = await ask(register, ledger.order(), tmp_path)

    manifest = json.loads((first.folder / "manifest.json").read_bytes())
    following = json.loads((second.folder / "manifest.json").read_bytes())

    # The SHA-256 of "01\n02\n", by sha256sum.
    digest = "8d737940e56423b9e11a7d33dc42ae9fab26296dba2a81aba6b5495f6c68e4e8"
    assert (manifest["series"], manifest["number"], manifest["file"]) == (SERIES, 1, "clas.csv")
    assert (manifest["bytes"], manifest["count"], manifest["sha256"]) == (6, 2, digest)
    assert manifest["previous_manifest_sha256"] is None
    assert len(following["previous_manifest_sha256"]) == 64


async def test_a_folder_that_holds_something_else_is_left_alone(
    register: ExportRegister, tmp_path: Path
) -> None:
    result = await ask(register, Ledger("01").order(), tmp_path)
    (result.folder / "clas.csv").write_text("mine\n")

    with pytest.raises(TargetExistsError):
        await ask(register, Ledger("01").order(), tmp_path)

    assert text(result) == "mine\n"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / result.folder.name).touch()
    with pytest.raises(TargetExistsError):
        await ask(register, Ledger("01").order(), elsewhere)


async def test_what_does_not_exist_is_not_given(register: ExportRegister, tmp_path: Path) -> None:
    await ask(register, Ledger("01").order(), tmp_path)

    with pytest.raises(NoSuchBatchError, match=r"^1$"):
        await ask(register, Ledger("01").order(), tmp_path, number=2)


async def nothing_new(path: Path, attempt: Draft) -> Control:  # noqa: ARG001
    path.write_text("")
    return {"count": 0}


async def fails(path: Path, attempt: Draft) -> Control:
    await attempt.add_keys(["01"])
    path.write_text("half")
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("make", "fault"), [(nothing_new, NoSuchBatchError), (fails, OSError)])
async def test_what_came_to_nothing_leaves_no_trace(
    register: ExportRegister,
    tmp_path: Path,
    make: Callable[[Path, Draft], Awaitable[Control]],
    fault: type[Exception],
) -> None:
    with pytest.raises(fault):
        await ask(register, ExportRequest(SERIES, "clas.csv", make), tmp_path / "2025" / "exports")

    assert list(tmp_path.iterdir()) == []
    result = await ask(register, Ledger("01").order(), tmp_path)
    assert (result.batch.number, text(result)) == (1, "01\n")


async def test_of_two_exports_at_once_one_waits_its_turn(
    register: ExportRegister, tmp_path: Path
) -> None:
    async with register.draft(SERIES, 1, take_over=False):
        with pytest.raises(ExportInProgressError):
            await ask(register, Ledger("01").order(), tmp_path)

    assert (await ask(register, Ledger("01").order(), tmp_path)).batch.number == 1


async def test_an_attempt_that_died_is_taken_over_and_never_comes_back(
    register: ExportRegister, tmp_path: Path
) -> None:
    async with register.draft(SERIES, 1, take_over=False) as dead:
        await dead.add_keys(["01"])

        result = await ask(register, Ledger("01", "02").order(), tmp_path / "new", take_over=True)

        late = tmp_path / "late.csv"
        late.write_text("01\n")
        with pytest.raises(ConflictError, match="taken over"):
            await dead.publish(late, fingerprint="", manifest=b"{}")
    assert text(result) == "01\n02\n"
    assert [orjson.loads(each.manifest)["count"] for each in await register.all()] == [2]
    again = await ask(register, Ledger("01", "02").order(), tmp_path / "again")
    assert (again.new, text(again)) == (False, "01\n02\n")


async def test_what_an_attempt_kept_after_it_was_taken_over_was_given_to_nobody(
    register: ExportRegister, tmp_path: Path
) -> None:
    dead = register.draft(SERIES, 1, take_over=False)
    slow = await dead.__aenter__()
    ledger = Ledger("01", "02")
    await ask(register, ledger.order(), tmp_path, take_over=True)
    await slow.add_keys(["03"])  # It reads on, and then it is killed: nothing is dropped.
    ledger.keys.append("03")

    second = await ask(register, ledger.order(), tmp_path)

    assert (second.batch.number, text(second)) == (2, "03\n")


async def test_what_a_killed_export_left_beside_is_in_nobodys_way(
    register: ExportRegister, tmp_path: Path
) -> None:
    """In a container every export has the same process id."""
    (tmp_path / f".csv-761-2025-001.{os.getpid()}.partial").mkdir()

    result = await ask(register, Ledger("01").order(), tmp_path)

    assert text(result) == "01\n"


async def test_two_may_hand_the_same_batch_over_to_one_folder_at_once(
    register: ExportRegister, tmp_path: Path
) -> None:
    await ask(register, Ledger("01").order(), tmp_path / "elsewhere")
    write_to = register.write_to

    async def overtaken(batch: Batch, path: Path) -> None:
        register.write_to = write_to  # type: ignore[method-assign]
        await ask(register, Ledger("01").order(), tmp_path / "here")
        await write_to(batch, path)

    register.write_to = overtaken  # type: ignore[method-assign]
    result = await ask(register, Ledger("01").order(), tmp_path / "here")

    assert text(result) == "01\n"
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["csv-761-2025-001"]


@pytest.mark.parametrize(
    "change", [{"$set": {"bytes": b"02\n"}}, {"$set": {"bytes": "01\n"}}, {"$unset": {"bytes": ""}}]
)
async def test_bytes_that_changed_in_the_store_are_given_to_nobody(
    register: ExportRegister, tmp_path: Path, change: dict[str, Any]
) -> None:
    result = await ask(register, Ledger("01").order(), tmp_path / "here")
    await register._pieces.update_one({}, change)

    with pytest.raises(TamperedBatchError, match="csv-761-2025-001"):
        await ask(register, Ledger("01").order(), tmp_path / "there", result.batch.number)

    assert not (tmp_path / "there").exists()


async def test_a_number_that_was_given_out_is_never_cut_again(
    register: ExportRegister, tmp_path: Path
) -> None:
    ledger = Ledger("01")
    await ask(register, ledger.order(), tmp_path / "here")
    await register._batches.delete_one({})

    with pytest.raises(TamperedBatchError, match="csv-761-2025-001"):
        await ask(register, ledger.order(), tmp_path / "there")

    assert ledger.made == 1


class Losing:
    """The batches of a store that writes, and whose answer is lost on the way."""

    def __init__(self, batches: Any) -> None:
        self._batches = batches

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batches, name)

    async def update_one(self, *arguments: Any) -> None:
        await self._batches.update_one(*arguments)
        raise StoreUnavailableError("connection reset")


async def test_a_batch_that_was_frozen_stays_whole_though_the_answer_was_lost(
    register: ExportRegister, tmp_path: Path
) -> None:
    ledger = Ledger("01")

    async def make(path: Path, attempt: Draft) -> Control:
        assert isinstance(attempt, ExportDraft)
        attempt._batches = Losing(attempt._batches)
        return await ledger.make(path, attempt)

    with pytest.raises(StoreUnavailableError):
        await ask(register, ExportRequest(SERIES, "clas.csv", make), tmp_path)

    result = await ask(register, ledger.order(), tmp_path)
    assert (result.new, result.batch.number, text(result)) == (False, 1, "01\n")


async def test_many_exports_at_once_give_one_batch(
    register: ExportRegister, tmp_path: Path
) -> None:
    requests = [ask(register, Ledger("01").order(), tmp_path / str(rank)) for rank in range(5)]

    outcomes = await asyncio.gather(*requests, return_exceptions=True)

    results = [each for each in outcomes if isinstance(each, ExportResult)]
    assert all(isinstance(each, ExportResult | ExportInProgressError) for each in outcomes)
    assert {text(each) for each in results} == {"01\n"}
    assert sum(each.new for each in results) == 1
    assert [each.number for each in await register.all()] == [1]


async def test_texts_beside_the_file_are_frozen_with_it(
    register: ExportRegister, tmp_path: Path
) -> None:
    ledger = Ledger("01")

    async def make(path: Path, attempt: Draft) -> Control:
        return {**await ledger.make(path, attempt), "companions": {"clas.txt": "Décrit.\n"}}

    order = ExportRequest(series=SERIES, file="clas.csv", make=make)
    result = await ask(register, order, tmp_path)
    assert (result.folder / "clas.txt").read_text(encoding="utf-8") == "Décrit.\n"

    (result.folder / "clas.txt").write_text("Autre chose.\n")
    with pytest.raises(TargetExistsError):
        await ask(register, order, tmp_path, 1)
