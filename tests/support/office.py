"""LibreOffice without a screen, on a profile of its own: it opens a workbook and computes it."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

MISSING = (
    "LibreOffice Calc is needed to prove that workbooks open and compute: "
    "`apt-get install libreoffice-calc-nogui`, or CLAS_SOFFICE=path of its soffice"
)
TIMEOUT_S = 300
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
KEPT_VALUE = re.compile(rb"(</f>)<v>[^<]*</v>")


def computed(path: Path, folder: Path) -> Path:
    """Return a copy of a workbook that LibreOffice opened, computed and saved.

    The stored results of formulas are removed before, so that all values are computed there.
    """
    folder.mkdir()
    bare = folder / f"bare-{path.name}"
    with ZipFile(path) as workbook, ZipFile(bare, "w", ZIP_DEFLATED) as output:
        for part in workbook.namelist():
            output.writestr(part, KEPT_VALUE.sub(rb"\1", workbook.read(part)))
    return converted(bare, "xlsx", folder / "computed")


def converted(path: Path, to: str, folder: Path) -> Path:
    """Return a file as LibreOffice opens it and saves it in another format."""
    folder.mkdir()
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    options = (f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to)
    command = (_soffice(), *options, "--outdir", str(folder), str(path))
    done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
    result = folder / path.with_suffix(f".{to}").name
    assert result.exists(), done.stderr.decode(errors="replace")
    return result


def _soffice() -> str:
    configured = os.environ.get("CLAS_SOFFICE")
    program = configured or shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        pytest.fail(MISSING)
    return program
