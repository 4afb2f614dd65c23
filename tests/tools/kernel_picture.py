"""`python -m tests.tools.kernel_picture`: docs/kernel.svg, the kernel before 0.4.0 and now.

A module stands one layer above the highest one that it imports. Only modules on the way of a
message are drawn, with their classes; errors are left out.
"""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from textwrap import wrap
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "shared" / "kernel"
BEFORE = Path(__file__).parent / "kernel_before.json"
PICTURE = ROOT / "docs" / "kernel.svg"
BESIDE_THE_WAY = {"gauges", "read_port", "timeline", "published_events", "replay", "settings"}
"""Reading, replay and metrics use the kernel; no message passes them."""
Layers = Sequence[Mapping[str, Sequence[str]]]
"""From the bottom up: the classes of each module of a layer."""

COLUMN, GAP, LINE, MARGIN = 520, 8, 13, 16
LETTERS = 24
STYLE = (
    "text{font:11px sans-serif;fill:#222}.t{font-weight:bold}.h{font-size:15px;font-weight:bold}"
    ".b{fill:#fff;stroke:#678}.f{fill:#eef3f7}.n{fill:#567}"
)


def layers_now() -> Layers:
    """Return the layers of the kernel as its modules import each other."""
    names = {p.stem for p in KERNEL.glob("*.py")} - BESIDE_THE_WAY - {"__init__"}
    trees = {name: ast.parse((KERNEL / f"{name}.py").read_text(encoding="utf-8")) for name in names}

    @cache
    def layer(name: str) -> int:
        return 1 + max(map(layer, _imports(trees[name]) & names), default=0)

    highest = max(map(layer, names))
    return [
        {name: _classes(trees[name]) for name in sorted(names) if layer(name) == rank}
        for rank in range(1, highest + 1)
    ]


def concepts(layers: Layers) -> int:
    """Count the classes of all layers."""
    return sum(len(classes) for layer in layers for classes in layer.values())


def picture() -> str:
    """Return the two columns as an SVG document."""
    before: Layers = json.loads(BEFORE.read_text(encoding="utf-8"))
    columns = (("Before 0.4.0", before), ("Now", layers_now()))
    drawn = [
        list(_column(title, layers, rank * COLUMN)) for rank, (title, layers) in enumerate(columns)
    ]
    height = max(bottom for _, bottom in (part[-1] for part in drawn)) + MARGIN
    body = "".join(text for part in drawn for text, _ in part)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * COLUMN}" height="{height}">'
    return (
        f'{head}<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{body}</svg>\n'
    )


def _imports(tree: ast.Module) -> set[str]:
    """Return the last part of each name that a module imports from the kernel."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    of_modules = {str(node.module).removeprefix("shared.kernel.") for node in nodes}
    whole = (node for node in nodes if node.module == "shared.kernel")
    return of_modules | {alias.name for node in whole for alias in node.names}


def _classes(tree: ast.Module) -> list[str]:
    names = (node.name for node in tree.body if isinstance(node, ast.ClassDef))
    return [name for name in names if not name.endswith("Error")]


def _column(title: str, layers: Layers, left: int) -> Iterator[tuple[str, int]]:
    """Yield parts of one column, each with the y that it ends at; the highest layer is on top."""
    text = f"{title}: {len(layers)} layers, {concepts(layers)} classes"
    yield _text(left + MARGIN, 26, text, "h"), 26
    top = 40
    for rank, layer in reversed(list(enumerate(layers, 1))):
        bottom = top + _height(layer)
        width, height = COLUMN - 2 * MARGIN, bottom - top - GAP
        yield _box("f", left + MARGIN, top, width, height), bottom
        yield _text(left + MARGIN + 4, top + 14, str(rank), "n"), bottom
        yield "".join(_boxes(layer, left + MARGIN + 18, top + GAP)), bottom
        top = bottom


def _rows(layer: Mapping[str, Sequence[str]]) -> list[list[tuple[str, Sequence[str]]]]:
    """Return the modules of a layer, three in a row."""
    modules = list(layer.items())
    return [modules[first : first + 3] for first in range(0, len(modules), 3)]


def _row_height(row: Iterable[tuple[str, Sequence[str]]]) -> int:
    return max(len(_lines(classes)) for _, classes in row) * LINE + 26


def _height(layer: Mapping[str, Sequence[str]]) -> int:
    return sum(_row_height(row) + GAP for row in _rows(layer)) + 2 * GAP


def _boxes(layer: Mapping[str, Sequence[str]], left: int, top: int) -> Iterator[str]:
    width = (COLUMN - 2 * MARGIN - 18 - 3 * GAP) // 3
    for row in _rows(layer):
        height = _row_height(row)
        for rank, (name, classes) in enumerate(row):
            x = left + rank * (width + GAP)
            yield _box("b", x, top, width, height)
            yield _text(x + 6, top + 16, name, "t")
            for line, text in enumerate(_lines(classes), 1):
                yield _text(x + 6, top + 16 + line * LINE, text)
        top += height + GAP


def _lines(classes: Sequence[str]) -> list[str]:
    return wrap(", ".join(classes), LETTERS, break_long_words=False)


def _box(kind: str, x: int, y: int, width: int, height: int) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _text(x: int, y: int, text: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
