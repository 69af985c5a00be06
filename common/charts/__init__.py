"""Charts drawn on the server as SVG: pure functions from figures to markup.

Each function returns a `Chart`; show it with `{% chart drawn %}`, which adds its heading, its key
and the table of its figures. A value is a number, None (not known) or the text of a hidden count
(`<11`). Figures arrive protected: nothing here hides or rounds.
"""

from common.charts.drawing import Chart, Words, swatch
from common.charts.periods import grouped_bars, line, spark
from common.charts.rows import bars, ranges

__all__ = ["Chart", "Words", "bars", "grouped_bars", "line", "ranges", "spark", "swatch"]
