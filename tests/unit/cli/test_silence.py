"""What services log when they run within a command is no part of what the command prints."""

import subprocess
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from shared.console.terminal import Code
from shared.observability import logs
from tests.support.command_line import CLAS


@pytest.fixture
def configuration() -> Iterator[None]:
    """Restore how structlog is configured."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def printed(*arguments: str) -> tuple[int, list[str], str]:
    """Return the exit code of a command in a process of its own, its lines and its errors."""
    result = subprocess.run(
        [CLAS, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return result.returncode, result.stdout.splitlines(), result.stderr


def test_a_case_prints_its_result_only() -> None:
    code, lines, errors = printed("case", "tests/cases/axe-t1-sans-partenaire.yaml")

    assert (code, errors) == (Code.OK, "")
    assert lines == ["L’axe du territoire demande un partenaire nommé : conforme"]


def test_the_demo_without_servers_begins_with_its_first_phase_and_logs_nothing() -> None:
    code, lines, errors = printed("demo", "--in-process")

    assert (code, errors) == (Code.OK, "")
    assert lines[0].startswith("✓ Appels à projets et bilans intermédiaires")
    assert not [line for line in lines if "committed" in line or "message_refused" in line]


@pytest.mark.usefixtures("configuration")
def test_who_captures_lines_has_them_in_a_silent_process_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logger = structlog.get_logger()
    logs.silence()
    logger.error("nobody sees this")
    with capture_logs() as lines:
        logger.debug("captured")

    assert [line["event"] for line in lines] == ["captured"]
    assert capsys.readouterr() == ("", "")
