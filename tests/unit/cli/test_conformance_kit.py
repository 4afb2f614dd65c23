"""`clas conformance --kit`: a folder that a partner can use without our code."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from services.cli.__main__ import app
from shared.partner_kit.distribution import files
from shared.partner_kit.sample import read_samples
from shared.yaml import parse_yaml


def test_the_kit_is_written_whole_and_into_an_empty_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "kit"

    done = CliRunner().invoke(app, ["conformance", "--kit", str(folder)])

    assert done.exit_code == 0, done.output
    assert {path.name for path in folder.iterdir()} == {
        *("README.md", "contract.md", "asyncapi", "schemas", "samples"),
    }
    assert read_samples(folder / "samples") == read_samples()
    again = CliRunner().invoke(app, ["conformance", "--samples", str(folder)])
    assert again.exit_code == 2
    assert "is no empty folder" in again.stderr


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = CliRunner().invoke(app, ["conformance", "--kit", str(tmp_path / "file" / "kit")])

    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_no_link_of_the_kit_leads_out_of_it_or_nowhere() -> None:
    kit = files()

    for name in ("README.md", "contract.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", kit[name]):
            assert target in kit, (name, target)
    for name, text in kit.items():
        if name.startswith("asyncapi/"):
            for reference in re.findall(r"\$ref: (\.\./\S+)", text):
                assert reference.removeprefix("../") in kit
            assert parse_yaml(text, name)["asyncapi"] == "3.0.0"
        assert "shared/" not in text, name


def test_the_readme_tells_each_message_and_its_answer() -> None:
    readme = files()["README.md"]

    assert readme.count("](samples/") == len(read_samples())
    assert (
        "| [025](samples/025-acompte-d-un-centime-de-trop.json) | AdvanceOrdered | One cent beyond "
        "the ceiling: refused. | AdvanceRefused (ACO-01) |"
    ) in readme
    assert json.loads(files()["samples/001-campagne-ouverte.json"])["event"] == "CampaignOpened"
