"""The diagram of producers, events and consumers, drawn from the contract registry as SVG.

One band per service: on the left the events from outside, on the right its events for partners;
between two bands the events from one service to the other.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from xml.sax.saxutils import escape

from shared.contracts.registry import EVENTS, SERVICES

LINE, PAD, GAP = 17, 14, 26
LEFT, CENTRE, RIGHT, COLUMN, WIDTH = 16, 372, 688, 296, 1000
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2937 }
  .title { font-weight: 600 } .service { font: 600 16px system-ui, sans-serif; fill: #fff }
  .box { fill: #f8fafc; stroke: #94a3b8 } .core { fill: #1d4ed8 }
  .arrow { stroke: #475569; stroke-width: 1.5; fill: none; marker-end: url(#head) }
"""
HEAD = (
    '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    ' orient="auto"><path d="M0 0L8 4L0 8z" fill="#475569"/></marker>'
)
Lines = list[tuple[str, str]]
"""Lines of text with their class."""


def flow_diagram() -> str:
    """Return the SVG document."""
    parts: list[str] = []
    top = PAD
    for service, following in pairwise((*SERVICES, "")):
        bottom = top + _band_height(service)
        parts += _band(service, top, bottom)
        top = bottom
        if following:
            top += _link_height(service, following)
            parts += _links(service, following, bottom, top)
    frame = f'viewBox="0 0 {WIDTH} {top + PAD}" width="{WIDTH}" height="{top + PAD}"'
    background = f'<rect width="{WIDTH}" height="{top + PAD}" fill="#fff"/>'
    title = "<title>Who publishes what to whom</title>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {frame} role="img">{title}'
    return "\n".join([head, f"<style>{STYLE}</style>", HEAD, background, *parts, "</svg>", ""])


def _band(service: str, top: int, bottom: int) -> Iterator[str]:
    """Draw a service between the events from outside and its events for partners."""
    middle = (top + bottom) // 2
    for lines, left in ((_incoming(service), LEFT), (_outgoing(service), RIGHT)):
        height = _height(lines)
        yield from _box(lines, left, middle - height // 2, height)
    yield f'<rect class="core" x="{CENTRE}" y="{top}" width="256" height="{bottom - top}" rx="8"/>'
    yield f'<text class="service" x="500" y="{middle + 5}" text-anchor="middle">{service}</text>'
    yield _arrow(LEFT + COLUMN, middle, CENTRE, middle)
    yield _arrow(CENTRE + 256, middle, RIGHT, middle)


def _links(service: str, following: str, top: int, bottom: int) -> Iterator[str]:
    """Draw the events between two neighbours: down on the left, up on the right."""
    down, back = _between(service, following), _between(following, service)
    yield _arrow(388, top, 388, bottom)
    yield from _text(down, 398, top + LINE)
    if back:
        yield _arrow(RIGHT - 72, bottom, RIGHT - 72, top)
        yield from _text(back, RIGHT - 62, top + LINE)


def _incoming(service: str) -> Lines:
    """Return the events from outside, producer by producer."""
    outside: dict[str, list[str]] = {}
    for spec in EVENTS:
        if service in spec.consumers and spec.producer not in SERVICES:
            outside.setdefault(spec.producer, []).append(spec.name)
    return [
        line
        for producer, names in outside.items()
        for line in ((producer, "title"), *((name, "") for name in names))
    ]


def _outgoing(service: str) -> Lines:
    names = [spec.name for spec in EVENTS if spec.producer == service and not spec.consumers]
    return [("partners", "title"), *((name, "") for name in names)]


def _between(producer: str, consumer: str) -> Lines:
    return [
        (spec.name, "")
        for spec in EVENTS
        if spec.producer == producer and consumer in spec.consumers
    ]


def _band_height(service: str) -> int:
    return max(_height(_incoming(service)), _height(_outgoing(service)))


def _link_height(service: str, following: str) -> int:
    most = max(len(_between(service, following)), len(_between(following, service)))
    return most * LINE + GAP


def _height(lines: Lines) -> int:
    return len(lines) * LINE + PAD


def _box(lines: Lines, left: int, top: int, height: int) -> Iterator[str]:
    yield f'<rect class="box" x="{left}" y="{top}" width="{COLUMN}" height="{height}" rx="6"/>'
    yield from _text(lines, left + 10, top + LINE)


def _text(lines: Iterable[tuple[str, str]], left: int, top: int) -> Iterator[str]:
    for rank, (text, kind) in enumerate(lines):
        yield f'<text class="{kind}" x="{left}" y="{top + rank * LINE}">{escape(text)}</text>'


def _arrow(x1: int, y1: int, x2: int, y2: int) -> str:
    return f'<path class="arrow" d="M{x1} {y1}L{x2} {y2}"/>'
