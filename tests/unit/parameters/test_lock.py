"""A published value cannot change unnoticed."""

import shutil
from pathlib import Path

import pytest

from shared.yaml import RepeatedKeyError
from tests.lock.locked import LOCK, faults, lock, locked
from tests.lock.values import FILES, ROOT, values

BAREMES = "services/funding/parameters/baremes.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for path in [*ROOT.glob(FILES), ROOT / LOCK]:
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_every_published_value_is_as_locked() -> None:
    assert faults() == []


def test_a_changed_value_is_named_with_both_digests_and_the_way_out(copy: Path) -> None:
    _edit(copy / BAREMES, '"329.00"', '"330.00"')

    (fault,) = faults(copy)

    stored = locked(copy)["funding/baremes@2025"]
    assert fault.startswith(f"funding/baremes@2025 changed: locked {stored}, now ")
    assert "give the new one under its own start year" in fault
    assert "python -m tests.lock --again funding/baremes@2025" in fault
    assert "CHANGELOG.md" in fault


def test_locking_adds_what_is_new_and_never_takes_a_changed_value(copy: Path) -> None:
    _edit(copy / BAREMES, '"329.00"', '"330.00"')
    _edit(copy / "services/funding/parameters/bonuses.yaml", "  2021:", "  2022:")

    lock(copy)

    changed, removed = faults(copy)
    assert changed.startswith("funding/baremes@2025 changed")
    assert removed.startswith("funding/bonuses@2021 is gone")
    assert "funding/bonuses@2022" in locked(copy)


def test_a_value_is_locked_again_by_its_name_alone(copy: Path) -> None:
    _edit(copy / BAREMES, '"329.00"', '"330.00"')
    _edit(copy / BAREMES, '"2563.00"', '"2564.00"')

    lock(copy, again="funding/baremes@2025")

    (fault,) = faults(copy)
    assert fault.startswith("funding/baremes@2021 changed")


def test_layout_is_no_change_and_a_source_is(copy: Path) -> None:
    file = copy / BAREMES
    _edit(file, '    ps_max: "2758.25"\n', "    ps_max: '2758.25'   # the most ever due\n")
    assert faults(copy) == []

    _edit(file, "Note de cadrage départemental", "Note de cadrage")
    assert [fault.partition(" ")[0] for fault in faults(copy)] == ["funding/baremes@2025"]


def test_two_values_for_one_year_are_refused(copy: Path) -> None:
    _edit(copy / BAREMES, "  2025:", "  2021:")

    with pytest.raises(
        RepeatedKeyError, match=r"baremes.yaml, line \d+, column 3: the key '2021' is"
    ):
        values(copy)
