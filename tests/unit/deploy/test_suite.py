"""The suite runs folder by folder: none is forgotten."""

import tomllib
from pathlib import Path


def test_every_folder_that_holds_tests_is_run() -> None:
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    testpaths = settings["tool"]["pytest"]["ini_options"]["testpaths"]

    held = {"/".join(path.parts[:2]) for path in Path("tests").rglob("test_*.py")}

    assert held == set(testpaths)
