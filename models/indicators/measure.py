"""Measures indicators on labelled tips: precision, recall and F1 by tip and by span, for each indicator and overall.

Run as ``python -m models.indicators.measure``: measures the written rules on the even-numbered corpus files, which nobody read while
writing them. ``--odd`` measures the files that were read. A span counts as found where a finding of the same indicator overlaps the
quote that the labeller marked.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from models.indicators.detect import IndicatorReader
from triage.domain.assessment import Finding
from triage.taxonomy.taxonomy import load_taxonomy


@dataclass(frozen=True, slots=True)
class LabelledTip:
    """A text with the indicators that a person marked in it, each with the code points of its quote."""

    text: str
    spans: tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class Counts:
    """Found rightly, found wrongly, missed: for each indicator."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def of(self, names: Sequence[str]) -> tuple[float, float, float]:
        """Precision, recall and F1 of these indicators together (micro); 0 where there is nothing to divide."""
        right, wrong, missed = (sum(counter[name] for name in names) for counter in (self.right, self.wrong, self.missed))
        precision = right / (right + wrong) if right + wrong else 0.0
        recall = right / (right + missed) if right + missed else 0.0
        return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def read_corpus(*, odd: bool) -> Iterator[LabelledTip]:
    """The tips of the odd- or even-numbered corpus files."""
    for file in sorted((files("models") / "corpus").iterdir(), key=lambda f: f.name):
        number = re.match(r"t(\d+)_.*\.jsonl", file.name)
        if not number or int(number.group(1)) % 2 != odd:
            continue
        for line in file.read_text("utf8").splitlines():
            tip = json.loads(line)
            found = [(mark["id"], tip["text"].find(mark["quote"]), len(mark["quote"])) for mark in tip["indicators"]]
            yield LabelledTip(tip["text"], tuple((name, start, start + length) for name, start, length in found))


def compare(tips: Sequence[LabelledTip], read: Callable[[str], Sequence[Finding]]) -> tuple[Counts, Counts]:
    """Counts by tip and by span."""
    by_tip, by_span = Counts(), Counts()
    for tip in tips:
        findings = read(tip.text)
        wanted, got = {name for name, _, _ in tip.spans}, {finding.indicator for finding in findings}
        by_tip.right.update(wanted & got)
        by_tip.wrong.update(got - wanted)
        by_tip.missed.update(wanted - got)
        for name, start, end in tip.spans:
            hit = any(f.indicator == name and f.start < end and start < f.end for f in findings)
            (by_span.right if hit else by_span.missed)[name] += 1
        for finding in findings:
            if not any(name == finding.indicator and finding.start < end and start < finding.end for name, start, end in tip.spans):
                by_span.wrong[finding.indicator] += 1
    return by_tip, by_span


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table: the indicators in the order of how often they are marked, then all together."""
    parser = argparse.ArgumentParser(prog="models.indicators.measure", description=__doc__)
    parser.add_argument("--odd", action="store_true", help="measure the files that were read while the rules were written")
    odd = parser.parse_args(arguments).odd
    reader = IndicatorReader(load_taxonomy())
    tips = list(read_corpus(odd=odd))
    began = time.perf_counter()
    by_tip, by_span = compare(tips, reader.read)
    took = time.perf_counter() - began
    marked = Counter(name for tip in tips for name in {name for name, _, _ in tip.spans})
    names = [name for name, _ in marked.most_common()]
    out = [f"{'indicator':38} marked  found  P_tip R_tip F_tip  P_span R_span F_span"]
    for name in names:
        found = by_tip.right[name] + by_tip.wrong[name]
        figures = [f"{value:6.2f}" for value in (*by_tip.of([name]), *by_span.of([name]))]
        out.append(f"{name:38} {marked[name]:6} {found:6} {''.join(figures)}")
    every = sorted({*names, *by_tip.wrong})
    for title, counts in (("by tip", by_tip), ("by span", by_span)):
        micro = counts.of(every)
        macro = sum(counts.of([name])[2] for name in names) / max(1, len(names))
        out.append(f"all {title}: precision {micro[0]:.3f} recall {micro[1]:.3f} F1 {micro[2]:.3f}, macro F1 {macro:.3f}")
    out.append(f"{len(tips)} tips, {len(tips) / took:.0f} tips/s with compiling and comparing")
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
