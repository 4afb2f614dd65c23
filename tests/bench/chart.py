"""Bars as an SVG document: a row for each label, its values one after the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LABELS, NUMBERS, MARGIN = 860, 270, 70, 16
HEAD, ROW, BAR = 56, 22, 14
COLOURS = ("#31688e", "#7fb069", "#d9a441")
STYLE = "text{font:12px sans-serif;fill:#222}.h{font-size:15px;font-weight:bold}"


@dataclass(frozen=True)
class Bar:
    """A labelled row; there are as many values as the chart has parts."""

    label: str
    values: Sequence[float]


def chart(title: str, parts: Sequence[str], bars: Sequence[Bar]) -> str:
    """Return the document; `parts` are the names of the values, in their order."""
    height = HEAD + len(bars) * ROW + MARGIN
    scale = (WIDTH - LABELS - NUMBERS - MARGIN) / max((sum(bar.values) for bar in bars), default=1)
    body = "".join([*_legend(title, parts), *_rows(bars, scale)])
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img">'
    background = '<rect width="100%" height="100%" fill="#fff"/>'
    return f"{head}<title>{escape(title)}</title><style>{STYLE}</style>{background}{body}</svg>\n"


def _legend(title: str, parts: Iterable[str]) -> Iterator[str]:
    yield _text(MARGIN, 24, title, "h")
    for rank, part in enumerate(parts):
        left = LABELS + rank * 110
        yield _box(left, 34, BAR, COLOURS[rank]) + _text(left + BAR + 5, 45, part)


def _rows(bars: Iterable[Bar], scale: float) -> Iterator[str]:
    for rank, bar in enumerate(bars):
        top, left = HEAD + rank * ROW, float(LABELS)
        yield _text(MARGIN, top + 12, bar.label)
        for colour, value in zip(COLOURS, bar.values, strict=False):
            yield _box(left, top, value * scale, colour)
            left += value * scale
        yield _text(left + 5, top + 12, f"{sum(bar.values):,.0f}")


def _box(left: float, top: float, width: float, colour: str) -> str:
    place = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{BAR}"'
    return f'<rect {place} fill="{colour}"/>'


def _text(left: float, top: float, text: str, kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{left:.1f}" y="{top:.1f}">{escape(text)}</text>'
