"""Measures the diversity filter beside what people use instead of it.

python -m benchmarks.filter            all of it: some 12 minutes; writes results/filter.json, .svg
python -m benchmarks.filter --million  only the million texts, in this process

All figures are seconds of CPU on one core, tokenizing included, medians over `REPEATS` runs (of the
million: one). rouge-score is measured on a slice of the pairs and extrapolated by their number:
brute force as in Self-Instruct and Explore-Instruct, every text against every kept one.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import json
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.corpus import perturbed, real
from store.filter.index import DiversityIndex
from store.filter.tokens import tokens

RESULTS = Path(__file__).parent / "results"
THRESHOLD = Fraction(7, 10)
REPEATS = 3
MILLION = 1_000_000
BLOCK = 16384
ONE_BY_ONE = 25_000
"""Texts kept when one text at a time is measured."""

Method = Callable[[Sequence[str]], list[int]]
"""From texts to the positions of those that are kept."""


def ours(texts: Sequence[str]) -> list[int]:
    index = DiversityIndex(THRESHOLD)
    verdicts = index.admit_many(texts, list(map(str, range(len(texts)))))
    return [n for n, verdict in enumerate(verdicts) if verdict.kept]


def rapidfuzz(texts: Sequence[str]) -> list[int]:
    """Every text against every kept one; F is RapidFuzz's normalised Indel similarity."""
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

    numbers: dict[str, int] = {}
    kept: list[str] = []
    places = []
    for n, text in enumerate(texts):
        coded = "".join(chr(numbers.setdefault(t, len(numbers))) for t in tokens(text))
        similarity = Indel.normalized_similarity
        if process.extractOne(coded, kept, scorer=similarity, score_cutoff=0.7) is None:
            kept.append(coded)
            places.append(n)
    return places


def datasketch(texts: Sequence[str]) -> list[int]:
    """MinHash LSH, 128 permutations, Jaccard 0.7 of the token sets."""
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(0.7, num_perm=128)
    sets = ([token.encode() for token in set(tokens(text))] for text in texts)
    places = []
    for n, sketch in enumerate(MinHash.generator(sets, num_perm=128)):
        if not lsh.query(sketch):
            lsh.insert(n, sketch)
            places.append(n)
    return places


def semhash(texts: Sequence[str]) -> list[int]:
    """SemHash, cosine 0.9, with the embedded word vectors as its encoder."""
    from semhash import SemHash

    from models.embeddings import embeddings

    class Encoder:
        def encode(self, inputs: Sequence[str], **_: object) -> npt.NDArray[np.float32]:
            return np.array(embeddings().embed_documents(list(inputs)), dtype=np.float32)

    records = [{"n": n, "text": text} for n, text in enumerate(texts)]
    found = SemHash.from_records(records, columns=["text"], model=Encoder())
    return sorted(record["n"] for record in found.self_deduplicate(threshold=0.9).selected)


def rouge_score_pair_us(texts: Sequence[str]) -> float:
    """Return the microseconds that rouge-score takes for a pair, over 3,000 random pairs."""
    from rouge_score import rouge_scorer

    scorer = rouge_scorer.RougeScorer(["rougeL"])
    draw = Random(0)
    pairs = [(draw.choice(texts), draw.choice(texts)) for _ in range(3000)]
    start = process_time()
    for one, other in pairs:
        scorer.score(one, other)
    return (process_time() - start) / len(pairs) * 1e6


def compare(texts: Sequence[str]) -> dict[str, Any]:
    """Measure all methods on the same texts, in turns, so that none has the machine's best hour."""
    print(f"{len(texts):,} texts")
    methods = (ours, rapidfuzz, datasketch, semhash)
    taken: dict[Method, list[float]] = {method: [] for method in methods}
    kept: dict[Method, list[int]] = {}
    for turn in range(REPEATS):
        for method in methods if turn == 0 else methods[:-1]:  # semhash once
            start = process_time()
            kept[method] = method(texts)
            taken[method].append(process_time() - start)
    keeps = set(kept[ours])
    pairs = sum(_kept_before(kept[ours], len(texts)))
    pair_us = rouge_score_pair_us(texts)
    told: dict[str, Any] = {}
    for method in methods:
        told[method.__name__] = {
            "seconds": median(taken[method]),
            "kept": len(kept[method]),
            "kept_though_exact_drops": len(set(kept[method]) - keeps),
            "dropped_though_exact_keeps": len(keeps - set(kept[method])),
        }
    told["rouge-score, extrapolated by pairs"] = {
        "seconds": pair_us * pairs / 1e6,
        "us_a_pair": pair_us,
        "pairs": pairs,
    }
    for name, figures in told.items():
        figures["times_ours"] = figures["seconds"] / told["ours"]["seconds"]
        told_ratio = f"{figures['times_ours']:>10.1f} x"
        print(f"  {name:<36} {figures['seconds']:>12.3f} s {told_ratio}", flush=True)
    return told


def _kept_before(kept: Sequence[int], count: int) -> Iterator[int]:
    """Yield for every text how many were kept before it: the pairs that brute force compares."""
    keeps, so_far = set(kept), 0
    for n in range(count):
        yield so_far
        so_far += n in keeps


def one_by_one() -> dict[str, float]:
    """Measure `admit`, one text at a time, with ONE_BY_ONE kept, and the nearest neighbour."""
    index = DiversityIndex(THRESHOLD)
    texts = enumerate(perturbed(MILLION))
    while len(index) < ONE_BY_ONE:
        n, text = next(texts)
        index.admit(text, str(n))
    admitted, judged = [], []
    for n, text in (next(texts) for _ in range(3000)):
        start = perf_counter()
        index.admit(text, str(n))
        admitted.append(perf_counter() - start)
    for _, text in (next(texts) for _ in range(500)):
        start = perf_counter()
        index.judge(text, nearest=True)
        judged.append(perf_counter() - start)
    told = {
        "admit_us_median": median(admitted) * 1e6,
        "admit_us_mean": sum(admitted) / len(admitted) * 1e6,
        "judge_with_nearest_us_median": median(judged) * 1e6,
    }
    print(told)
    return told


def million() -> dict[str, Any]:
    """Measure a million texts, in blocks as `filter` reads them, and the memory it takes."""
    real()
    before = peak_mb()
    index = DiversityIndex(THRESHOLD)
    growth = []
    seconds = 0.0
    texts = enumerate(perturbed(MILLION))
    while block := list(islice(texts, BLOCK)):
        start = process_time()
        index.admit_many([text for _, text in block], [str(n) for n, _ in block])
        seconds += process_time() - start
        growth.append([block[-1][0] + 1, len(index), round(seconds, 3)])
    return {
        "texts": MILLION,
        "kept": len(index),
        "seconds": seconds,
        "peak_mb": peak_mb(),
        "peak_mb_before": before,
        "growth": [*growth[::8], growth[-1]],
    }


def peak_mb() -> float:
    """Return the most memory this process has had, in MB; not its parent's, as ru_maxrss does."""
    status = Path("/proc/self/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def million_apart() -> dict[str, Any]:
    """Measure the million in a process of its own, for its memory."""
    command = [sys.executable, "-m", "benchmarks.filter", "--million"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    print({name: figure for name, figure in told.items() if name != "growth"})
    return told


def machine() -> dict[str, str]:
    """Say what was measured on, and with what."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
    packages = ("faiss-cpu", "rapidfuzz", "rouge-score", "datasketch", "semhash", "numpy")
    return {
        "processor": model or platform.processor(),
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


def plot(results: dict[str, Any]) -> None:
    """Draw seconds against texts: ours as measured, the others at the sizes compared."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "filter"  # the same picture for the same figures
    figure, axes = plt.subplots(figsize=(7.2, 4.4), layout="constrained")
    sizes = sorted(map(int, results["compared"]))
    names = list(results["compared"][str(sizes[0])])
    for name in names:
        seconds = [results["compared"][str(size)][name]["seconds"] for size in sizes]
        style = {"lw": 2.6, "color": "#0b6e4f", "zorder": 3} if name == "ours" else {"lw": 1.4}
        label = name
        if name == "ours":
            seconds = [*seconds, *(taken for count, _, taken in _later(results, sizes))]
            label = "explore-instruct (exact)"
        counts = [*sizes, *(count for count, _, _ in _later(results, sizes))][: len(seconds)]
        axes.plot(counts, seconds, marker="o", ms=3.5, label=label, **style)
    axes.set(xscale="log", yscale="log", xlabel="texts", ylabel="seconds of CPU, one core")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(RESULTS / "filter.svg", metadata={"Date": None})


def _later(results: dict[str, Any], sizes: Sequence[int]) -> list[list[float]]:
    return [step for step in results["million"]["growth"] if step[0] > max(sizes)]


def main() -> None:
    """Measure, print, and write the results."""
    if "--million" in sys.argv:
        print(json.dumps(million()))
        return
    texts = list(perturbed(50_000))
    results: dict[str, Any] = {"machine": machine(), "threshold": "7/10"}
    results["compared"] = {
        str(size): compare(texts[:size]) for size in (len(real()), 25_000, 50_000)
    }
    results["one by one"] = one_by_one()
    results["million"] = million_apart()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "filter.json").write_text(json.dumps(results, indent=1) + "\n")
    plot(results)


if __name__ == "__main__":
    main()
