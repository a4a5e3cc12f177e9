"""Bars: what must be, what we aim at, what was measured."""
import statistics
from dataclasses import dataclass, field

median = statistics.median


@dataclass
class Bar:
    number: str
    what: str
    must: str
    stretch: str
    value: float
    shown: str
    met: str
    note: str = ""


@dataclass
class Results:
    bars: list = field(default_factory=list)
    #: Each a heading, a list of column names and rows of text.
    tables: list = field(default_factory=list)
    busy: list = field(default_factory=list)

    def bar(self, number, what, value, must, stretch, unit="", less=True, note="", rounds=None, digits=2):
        """`less`: whether smaller is better. `rounds` are shown as the range behind the median."""
        def mark(limit):
            return limit is not None and (value <= limit if less else value >= limit)
        sign = "≤" if less else "≥"
        def limit(number):
            return "" if number is None else f"{sign} {number:g}{unit}"
        shown = f"**{value:,.{digits}f}{unit}**"
        if rounds and len(rounds) > 1:
            shown += f" ({min(rounds):,.{digits}f} to {max(rounds):,.{digits}f})"
        met = "stretch" if mark(stretch) else "must" if mark(must) or must is None else "**missed**"
        self.bars.append(Bar(number, what, limit(must), limit(stretch), value, shown, met, note))

    def table(self, heading, columns, rows):
        self.tables.append((heading, columns, rows))


def ratio(rounds, above, below):
    """Of each round, so that what changes from minute to minute falls out."""
    return [one[above] / one[below] for one in rounds]
