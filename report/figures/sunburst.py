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
    about = (
        f"The {VERBS} most frequent root verbs, and up to {NOUNS} direct objects of each; the "
        "rest of a verb's objects is left blank. Tap a verb to see it alone."
    )
    for analysis in analyses:
        fields = list(_fields(analysis.pairs or []))
        trace = {
            "type": "sunburst",
            "ids": [name for name, *_ in fields],
            "labels": [label(text, 24) for _, text, *_ in fields],
            "parents": [parent for *_, parent, _ in fields],
            "values": [count for *_, count in fields],
            "branchvalues": "total",
            "hovertemplate": "%{label}: %{value}<extra></extra>",
            "insidetextorientation": "radial",
        }
        title = f"Verb-noun pairs: {analysis.data.name}"
        yield figure("sunburst", title, about, [trace] if fields else [])


def _fields(pairs: Sequence[Pair | None]) -> Iterator[tuple[str, str, str, int]]:
    """Yield the id, text, parent's id and count of each verb, and after it those of its objects."""
    by_verb: dict[str, Counter[str]] = {}
    for (verb, noun), count in counts(pairs).items():
        by_verb.setdefault(verb, Counter())[noun] = count
    verbs = sorted(by_verb, key=lambda verb: (-by_verb[verb].total(), verb))[:VERBS]
    for place, verb in enumerate(verbs):
        nouns = sorted(by_verb[verb].items(), key=lambda item: (-item[1], item[0]))[:NOUNS]
        yield f"v{place}", verb, "", by_verb[verb].total()
        for inner, (noun, count) in enumerate(nouns):
            yield f"v{place}n{inner}", noun, f"v{place}", count
