"""The kernel has five layers at most, and its picture and its list of concepts are those of it."""

import re
from itertools import chain

from tests.tools.kernel_picture import PICTURE, ROOT, layers_now, picture

LAYERS_MAX = 5
CONCEPTS = 26
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_no_more_than_five_layers() -> None:
    assert len(layers_now()) <= LAYERS_MAX


def test_the_picture_is_as_generated() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(), "run `make pictures`"


def test_the_concepts_on_the_way_of_a_message_are_classes_of_the_kernel() -> None:
    section = PAGE.partition("## The kernel in an hour")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    listed = re.findall(r"`(\w+)`", " ".join(rows))
    modules = chain.from_iterable(layer.values() for layer in layers_now())

    assert len(listed) == len(set(listed)) == CONCEPTS
    assert set(listed) <= set(chain.from_iterable(modules))
    assert f"Those are {CONCEPTS}, on five layers" in section
