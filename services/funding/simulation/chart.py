"""Bar chart of a simulation: today and simulated, by Caf."""

import sys
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element

import pygal
import resvg_py
from pygal import PluginImportFixer
from pygal.style import Style

from services.funding.simulation.compare import Comparison, Cost
from shared.french import SPACE, figures

# pygal's import hook searches for map plugins at every import, with a deprecation warning.
sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, PluginImportFixer)]

CAFS_MAX = 20
BAR_PX, FRAME_PX, WIDTH_PX = 44, 210, 1_000
INK, TODAY, SIMULATED = "#1b1b1b", "#5b6c8f", "#c8591b"


def draw(comparison: Comparison, school_year: str, path: Path) -> None:
    """Write the chart, as PNG where the path ends so, else as SVG: no script, no font, no link.

    Shows at most CAFS_MAX Cafs, those whose cost changes most.
    """
    svg = picture(comparison, school_year)
    if path.suffix == ".png":
        path.write_bytes(resvg_py.svg_to_bytes(svg_string=svg))
    else:
        path.write_text(svg, encoding="utf-8")


def picture(comparison: Comparison, school_year: str) -> str:
    """Return the chart as SVG."""
    shown = most_changed(comparison)
    bars = pygal.HorizontalBar(
        style=_style(),
        js=(),
        title=_title(comparison, school_year, len(shown)),
        width=WIDTH_PX,
        height=FRAME_PX + BAR_PX * len(shown),
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        order_min=3,
        value_formatter=_euros,
        print_values=True,
        print_values_position="center",
        range=(0, float(max(max(cost.before, cost.after) for cost in shown)) or 1),
        x_label_rotation=20,
    )
    bars.add_xml_filter(_without_scripts)
    bars.x_labels = [f"Caf {cost.caf}" for cost in shown]
    bars.add("Aujourd'hui", [float(cost.before) for cost in shown])
    bars.add("Simulé", [float(cost.after) for cost in shown])
    svg: str = bars.render(is_unicode=True)
    return svg


def _without_scripts(svg: Element) -> Element:
    for parent in list(svg.iter()):
        for script in parent.findall("script"):
            parent.remove(script)
    return svg


def most_changed(comparison: Comparison) -> list[Cost]:
    """Return the Cafs to show, from the bottom of the chart up."""
    changed = sorted(comparison.cafs, key=_by_change)[:CAFS_MAX]
    return sorted(changed, key=_by_caf, reverse=True)


def _title(comparison: Comparison, school_year: str, shown: int) -> str:
    whole, cafs = comparison.whole, len(comparison.cafs)
    title = f"Clas {school_year}, simulation : {_euros(whole.before)} → {_euros(whole.after)}"
    if cafs > shown:
        title += f"\nLes {shown} Caf dont le coût change le plus, sur {cafs}"
    return title


def _euros(amount: Decimal | float) -> str:
    """Return `1 235 €`: a chart shows whole euros."""
    return f"{figures(Decimal(round(amount)))[:-3]}{SPACE}€"


def _by_change(cost: Cost) -> tuple[object, str]:
    return (-abs(cost.difference), cost.caf)


def _by_caf(cost: Cost) -> str:
    return cost.caf


def _style() -> Style:
    return Style(
        background="white",
        plot_background="white",
        foreground=INK,
        foreground_strong=INK,
        foreground_subtle="#d0d0d0",
        opacity="1",
        colors=(TODAY, SIMULATED),
        font_family="DejaVu Sans, Arial, sans-serif",
        title_font_size=18,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
        value_font_size=12,
        value_colors=("white", "white"),
    )
