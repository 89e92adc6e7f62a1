"""Reading tips beside a chain of public parts, and our scorer beside scikit-learn with the same weights, in one run.

Every tip is a different text of the corpus: repeated text flatters the caches. Times are those of the processor, so that what else the
machine does counts little. The peers get texts that are normalised and mended already, which costs them nothing here.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models import artifact
from models.assess import BATCH, Assessor
from models.classifier import LONG, Classifier
from models.labelled import load_corpus
from models.normalise import load_normaliser
from models.ports import TipText
from tests.bench.peers import Phrases, Presidio, ScikitLearn
from triage.taxonomy.taxonomy import Taxonomy, load_taxonomy

_WARM = 1024
_SINGLES = 128
_ROUNDS = 3
_FASTER_ALONE = 10.0
_FASTER_IN_BATCHES = 1.7
_SAME = 1e-5

Texts = Sequence[str]


@dataclass(frozen=True, slots=True)
class Link:
    """One part of a chain: its name, what it does with some texts, and whether they are the normalised ones."""

    name: str
    run: Callable[[Texts], object]
    normalised: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """Microseconds of the processor for a tip: on average in batches, and of each that was read alone."""

    together: float
    singles: tuple[float, ...]

    @property
    def alone(self) -> float:
        """The average of those read alone."""
        return statistics.fmean(self.singles)


def main() -> None:
    """Print the figures; exit with an error if a ratio of the scorer is missed or the probabilities differ."""
    taxonomy, normaliser = load_taxonomy(), load_normaliser()
    weights = artifact.load(None, normaliser, tuple(taxonomy.categories))
    tips, count = load_corpus(), _ROUNDS * (_SINGLES + BATCH)
    texts = [tip.text for tip in tips[:: len(tips) // (_WARM + count + _SINGLES)]]
    warm, texts, last = texts[:_WARM], texts[_WARM : _WARM + count], texts[_WARM + count :][:_SINGLES]
    ours, theirs = Classifier(weights), ScikitLearn(weights)
    # The peer repairs no typing errors and reads no text in parts, so both get texts that need neither.
    normalised = [" ".join(ours.speller.repair(normaliser(text).split()[:LONG])) for text in texts]
    assessor = Assessor.load(None, taxonomy, second=False)
    found = assessor.assess(_tips(warm))

    peers = [*_finders(taxonomy), Link("scikit-learn", theirs.probabilities, normalised=True)]
    links = [
        *peers,
        Link("our scorer", ours.probabilities, normalised=True),
        Link("our whole reading", lambda some: assessor.assess(_tips(some))),
    ]
    for link in peers:
        link.run(normalised[:BATCH] if link.normalised else warm)
    times = _measure(links, texts, normalised)
    scoring, scored, read = times[len(peers) - 1 :]
    chain = Times(sum(each.together for each in times[: len(peers)]), (sum(each.alone for each in times[: len(peers)]),))
    _say(f"\n{'processor time per tip':<44} {f'{BATCH} at once':>12} {'one by one':>12}")
    for name, each in [*zip([link.name for link in links], times, strict=True), ("peer chain", chain)]:
        _say(f"{name:<44} {each.together:>9.0f} us {each.alone:>9.0f} us")
    shares = read.together / chain.together, read.alone / chain.alone
    _say(f"whole reading: {shares[0]:.2f} of the peer chain's time in batches, {shares[1]:.2f} one by one;")
    findings, entities = (sum(map(len, some)) / len(found) for some in ([a.findings for a in found], [a.entities for a in found]))
    _say(f"  it gives {findings:.1f} findings and {entities:.1f} things named a tip, how each is meant, a level with reasons, bands")
    median, slow = statistics.median(read.singles), statistics.quantiles(read.singles, n=100)[-1]
    _say(f"  {1e6 / read.together:.0f} tips/s of a core in batches; one tip p50 {median / 1e3:.1f} ms, p99 {slow / 1e3:.1f} ms")

    both = Assessor.load(None, taxonomy)
    _say(f"  with {both.model}: {len(last) / _seconds(lambda: both.assess(_tips(last))):.0f} tips/s of a core")
    alone, together = scoring.alone / scored.alone, scoring.together / scored.together
    difference = float(np.abs(ours.probabilities(normalised) - theirs.probabilities(normalised)).max())
    _say(f"scorer beside scikit-learn: {together:.1f}x in batches, {alone:.1f}x one by one, largest difference {difference:.1e}")
    if alone < _FASTER_ALONE or together < _FASTER_IN_BATCHES or difference > _SAME:
        sys.exit(f"wanted at least {_FASTER_ALONE}x alone, {_FASTER_IN_BATCHES}x in batches and a difference of at most {_SAME}")


def _finders(taxonomy: Taxonomy) -> list[Link]:
    """The links of the peer chain that look for something in the text, as far as they can be run here."""
    phrases = Phrases(taxonomy)
    found = [Link(f"spaCy PhraseMatcher, {phrases.count:,} phrases", phrases.find)]
    if Presidio.installed():
        found.append(Link("Presidio's patterns", Presidio().find))
    else:
        _say("Presidio is left out of the peer chain: presidio-analyzer is not installed (docs/how-to/evaluate.md says how).")
    return found


def _measure(links: Sequence[Link], texts: Texts, normalised: Texts) -> list[Times]:
    """The times of each link. Every round has texts of its own and goes through all links, because the machine's pace drifts."""
    size = _SINGLES + BATCH
    rounds = [
        [_times(link, (normalised if link.normalised else texts)[start : start + size]) for link in links]
        for start in range(0, _ROUNDS * size, size)
    ]
    return [
        Times(statistics.fmean(each.together for each in tries), tuple(single for each in tries for single in each.singles))
        for tries in zip(*rounds, strict=True)
    ]


def _times(link: Link, texts: Texts) -> Times:
    singles = tuple(1e6 * _seconds(lambda text=text: link.run([text])) for text in texts[:_SINGLES])  # type: ignore[misc]
    together = texts[_SINGLES:]
    return Times(1e6 * _seconds(lambda: link.run(together)) / len(together), singles)


def _tips(texts: Texts) -> list[TipText]:
    return [TipText(str(at), text) for at, text in enumerate(texts)]


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
