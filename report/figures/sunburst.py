"""The most frequent verbs and their objects as a sunburst of two rings, as the paper's figure 1."""

from collections import Counter
from collections.abc import Iterator, Sequence

from report.analysis import Analysis
from report.figures.plot import Figure, figure, label
from report.verb_noun import Pair, counts

VERBS, NOUNS = 20, 4
"""The sunburst shows so many verbs, and so many nouns of each, as the paper's figure 1."""


def sunbursts(analyses: Sequence[Analysis]) -> Iterator[Figure]:
    """Yield a sunburst for each data set whose verbs and nouns are known."""
    return (_sunburst(analysis) for analysis in analyses if analysis.pairs is not None)


def _sunburst(analysis: Analysis) -> Figure:
    ids, labels, parents, values = _rings(analysis.pairs or [])
    trace = {
        "type": "sunburst",
        "ids": ids,
        "labels": labels,
        "parents": parents,
        "values": values,
        "branchvalues": "total",
        "hovertemplate": "%{label}: %{value}<extra></extra>",
        "insidetextorientation": "radial",
    }
    about = (
        f"The {VERBS} most frequent root verbs, and up to {NOUNS} direct objects of each; the "
        "rest of a verb's objects is left blank. Tap a verb to see it alone."
    )
    title = f"Verb-noun pairs: {analysis.data.name}"
    return figure("sunburst", title, about, [trace] if ids else [])


def _rings(pairs: Sequence[Pair | None]) -> tuple[list[str], list[str], list[str], list[int]]:
    by_verb: dict[str, Counter[str]] = {}
    for (verb, noun), count in counts(pairs).items():
        by_verb.setdefault(verb, Counter())[noun] = count
    verbs = sorted(by_verb, key=lambda verb: (-by_verb[verb].total(), verb))[:VERBS]
    ids, labels, parents, values = [], [], [], []
    for place, verb in enumerate(verbs):
        nouns = sorted(by_verb[verb].items(), key=lambda item: (-item[1], item[0]))[:NOUNS]
        ids.append(f"v{place}")
        labels.append(label(verb, 24))
        parents.append("")
        values.append(by_verb[verb].total())
        for inner, (noun, count) in enumerate(nouns):
            ids.append(f"v{place}n{inner}")
            labels.append(label(noun, 24))
            parents.append(f"v{place}")
            values.append(count)
    return ids, labels, parents, values
