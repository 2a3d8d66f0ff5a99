"""A scenario's figures: a table to read, goals to hold them against, and the same as JSON."""

import os
import platform
import statistics
from dataclasses import dataclass, field


@dataclass
class Goal:
    """A figure and the most it may be. A binding goal fails the run: only counts can be, times depend on the day."""

    text: str
    value: float
    limit: float
    binding: bool = False

    @property
    def met(self):
        return self.value <= self.limit


@dataclass
class Report:
    title: str
    columns: list
    rows: list = field(default_factory=list)
    goals: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def text(self):
        lines = [self.title, ""]
        cells = [self.columns] + [[shown(row.get(name)) for name in self.columns] for row in self.rows]
        widths = [max(len(line[n]) for line in cells) for n in range(len(self.columns))]
        for line in cells:
            first, *rest = (cell.ljust(width) if n == 0 else cell.rjust(width)
                            for n, (cell, width) in enumerate(zip(line, widths)))
            lines.append("  " + "  ".join([first, *rest]).rstrip())
        lines.append("")
        for goal in self.goals:
            lines.append(f"  {'met   ' if goal.met else 'MISSED'}  {goal.text}: "
                         f"{shown(goal.value)} (at most {shown(goal.limit)})")
        lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines)

    def json(self):
        return {
            "title": self.title,
            "rows": self.rows,
            "goals": [vars(goal) | {"met": goal.met} for goal in self.goals],
            "notes": self.notes,
        }


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def machine():
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


median = statistics.median
