"""What the figures must reach, and which of them did."""

from dataclasses import dataclass, field


@dataclass
class Targets:
    missed: list = field(default_factory=list)

    def at_least(self, what, value, bound, shown="{:.2f}"):
        self._judge(what, value, value >= bound, f">= {shown}".format(bound), shown)

    def at_most(self, what, value, bound, shown="{:.2f}"):
        self._judge(what, value, value <= bound, f"<= {shown}".format(bound), shown)

    def _judge(self, what, value, holds, wanted, shown):
        said = "met" if holds else "NOT MET"
        print(f"  {said:8} {what}: {shown.format(value)} (wanted {wanted})", flush=True)
        if not holds:
            self.missed.append(what)
