"""What imports cannot show: a decision knows no clock, no chance, no environment, no waiting."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PURE = sorted(
    [
        *ROOT.glob("services/*/domain/*.py"),
        *(
            ROOT / "shared" / f"{n}.py"
            for n in (
                *("french", "kernel/calendar", "kernel/effective_dated"),
                *("kernel/decision", "kernel/money"),
            )
        ),
    ]
)
FORBIDDEN = {
    *("now", "today", "utcnow", "time", "monotonic", "uuid1", "uuid4", "random", "choice"),
    *("environ", "getenv", "open", "print", "input", "sleep", "float"),
}


def impurities(source: str) -> Iterator[str]:
    """Yield what a module calls or defines that a decision may not."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield f"line {node.lineno}: waits"
        if isinstance(node, ast.Lambda):
            yield f"line {node.lineno}: a rule without a name"
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in FORBIDDEN:
                yield f"line {node.lineno}: calls {name}"


@pytest.mark.parametrize("module", PURE, ids=[str(p.relative_to(ROOT)) for p in PURE])
def test_decisions_are_pure(module: Path) -> None:
    assert list(impurities(module.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    ["datetime.now()", "uuid.uuid4()", "async def f(): ...", "open('x')", "float('1')"],
)
def test_an_impurity_is_found(source: str) -> None:
    assert len(list(impurities(source))) == 1
