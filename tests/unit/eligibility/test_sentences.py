"""The texts of findings: the sentences a gestionnaire or an instructeur reads, word for word."""

from pathlib import Path
from typing import Any

import pytest

from shared.contracts.eligibility import Finding
from shared.yaml import read_yaml
from tests.unit.eligibility.builders import collectif_finding, finding

SENTENCES = read_yaml(Path(__file__).with_name("sentences.yaml"))
OF = {"project": finding, "collectif": collectif_finding}


@pytest.mark.parametrize("row", SENTENCES, ids=lambda row: f"{row['rule']} {row['change']}"[:60])
def test_a_finding_says_what_was_seen_what_is_expected_and_why(row: dict[str, Any]) -> None:
    result = OF[row["of"]](row["rule"], **row["change"])

    assert result == Finding(
        rule=row["rule"],
        outcome=row["outcome"],
        observed=row["observed"],
        expected=row["expected"],
        message=row["message"],
    )
