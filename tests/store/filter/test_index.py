"""The diversity filter against its slow twin, over text that is hard on purpose."""

import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from store.files.original import read_original
from store.filter import density, shortlist
from store.filter import index as diversity
from store.filter.index import DiversityIndex
from store.filter.tokens import tokens
from store.filter.verdict import Verdict
from tests.shared_data import CODE, DEMO, shared
from tests.store.filter.oracle import Outcome, SlowFilter

few_words = st.lists(st.sampled_from("a b c d e f".split()), max_size=14)  # noqa: SIM905
repeated = st.tuples(st.sampled_from("ab"), st.integers(1, 30)).map(lambda p: [p[0]] * p[1])
shuffled = st.permutations([*"abcdefghij"]).map(list)
long = st.tuples(st.integers(0, 3), st.integers(0, 40)).map(
    lambda p: [str(n) for n in range(p[0], 60 + p[1])]
)
spaced = st.one_of(few_words, repeated, shuffled, long).map(" ".join)
signs = st.sampled_from(["", " ", "!", "?!", "…", "写诗", "写一首诗", "写首诗", "Ärger ärger"])
texts = st.lists(st.one_of(spaced, signs), max_size=25)
thresholds = st.one_of(
    st.sampled_from([Fraction(n, 10) for n in range(1, 11)]),
    st.fractions(Fraction(1, 10), 1, max_denominator=30),
)


def outcome(verdict: Verdict) -> Outcome:
    assert verdict.kept == (verdict.rule is None)
    return verdict.rule, verdict.score, verdict.nearest


def only_rejections(verdict: Outcome) -> Outcome:
    """A kept text's neighbour is looked for only when it is asked for."""
    return verdict if verdict[0] else (None, Fraction(0), None)


@given(texts, thresholds)
def test_one_at_a_time_it_decides_as_the_slow_twin(given_texts: list[str], t: Fraction) -> None:
    fast, slow = DiversityIndex(t), SlowFilter(t)
    for n, text in enumerate(given_texts):
        expected = slow.judge(text)
        assert outcome(fast.judge(text, nearest=True)) == expected
        assert outcome(fast.admit(text, str(n))) == only_rejections(slow.admit(text, str(n)))
    assert len(fast) == len(slow.kept)


@pytest.fixture(params=["scanned", "filed", "few at a time"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortlist by a scan of all signatures, or by the inverted file, as with many texts.

    Or as with many of which very many are alike.
    """
    if request.param == "few at a time":
        monkeypatch.setattr(density, "_MOST_PAIRS", 2)
        monkeypatch.setattr(density, "_FEWEST", 1)
    if request.param != "scanned":
        monkeypatch.setattr(diversity, "_IN_TURN", 2)
        # The order of words is made anew again and again, and all lists are divided.
        for name, value in {"_PENDING": 3, "_GROWTH": 2, "_COUNTED": 5, "_OFTEN": 1}.items():
            monkeypatch.setattr(shortlist, name, value)


@pytest.mark.usefixtures("_either_way")
@given(texts, texts, thresholds)
def test_many_at_once_get_the_same_verdicts(
    foreign: list[str], given_texts: list[str], t: Fraction
) -> None:
    against, slow_against = DiversityIndex(t), SlowFilter(t)
    for n, text in enumerate(foreign):
        against.add(text, f"foreign {n}")
        slow_against.add(text, f"foreign {n}")
    fast, slow = DiversityIndex(t, against=against), SlowFilter(t, slow_against)
    keys = [str(n) for n in range(len(given_texts))]
    found = [outcome(verdict) for verdict in fast.admit_many(given_texts, keys)]
    assert found == [
        only_rejections(slow.admit(text, key)) for key, text in zip(keys, given_texts, strict=True)
    ]
    probes = given_texts + foreign
    expected = [slow.judge(text) for text in probes]
    assert [outcome(fast.judge(text, nearest=True)) for text in probes] == expected
    assert [outcome(v) for v in fast.judge_many(probes)] == [*map(only_rejections, expected)]


@pytest.mark.usefixtures("_either_way")
@given(texts, thresholds, st.integers(1, 7))
def test_blocks_of_any_size_change_nothing(given_texts: list[str], t: Fraction, size: int) -> None:
    keys = [str(n) for n in range(len(given_texts))]
    whole, parts = DiversityIndex(t), DiversityIndex(t)
    expected = whole.admit_many(given_texts, keys)
    found = []
    for start in range(0, len(keys), size):
        end = start + size
        found += parts.admit_many(given_texts[start:end], keys[start:end])
    assert found == expected


ties = [
    (m, total - m, lcs)
    for total in range(10, 61, 10)
    for lcs in [7 * total // 20]
    if 20 * lcs == 7 * total
    for m in range(lcs, total - lcs + 1)
]


@pytest.mark.parametrize("missing", [0, 1])
@pytest.mark.parametrize(("m", "n", "lcs"), ties)
def test_a_tie_at_the_threshold_is_rejected(m: int, n: int, lcs: int, missing: int) -> None:
    common = [f"s{k}" for k in range(lcs - missing)]
    index = DiversityIndex(Fraction(7, 10))
    index.add(" ".join(common + [f"a{k}" for k in range(m - len(common))]), "first")
    verdict = index.judge(" ".join(common + [f"b{k}" for k in range(n - len(common))]))
    assert verdict.rule == (None if missing else "rouge_l")
    assert verdict.score == (0 if missing else Fraction(7, 10))


def test_ten_thousand_tokens() -> None:
    words = [f"w{n}" for n in range(10_000)]
    index = DiversityIndex(Fraction(7, 10))
    assert index.admit(" ".join(words), "long").kept
    verdict = index.admit(" ".join(words[:5385]), "just enough")
    assert (verdict.rule, verdict.score) == ("rouge_l", Fraction(2 * 5385, 15385))
    assert index.admit(" ".join(words[:5384]), "just too few").kept
    assert index.admit(" ".join(reversed(words)), "reversed").kept


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("写一首关于秋天的七言绝句", "写一首关于冬天的七言绝句"),
        ("秋についての短い俳句を書いてください", "冬についての短い俳句を書いてください"),
        ("가을에 대한 짧은 시를 써 줘", "겨울에 대한 짧은 시를 써 줘"),
        ("เขียนบทกวีสั้นๆเกี่ยวกับฤดูฝน", "เขียนบทกวีสั้นๆเกี่ยวกับฤดูหนาว"),
        ("اكتب قصيدة قصيرة عن الخريف", "اكتب قصيدة قصيرة عن الشتاء"),
        ("Напиши короткое стихотворение об осени", "Напиши короткое стихотворение об зиме"),
        ("शरद ऋतु पर एक छोटी कविता लिखें", "शीत ऋतु पर एक छोटी कविता लिखें"),
        ("Schreib ein kürzeres Gedicht über Äpfel", "Schreib ein kürzeres Gedicht über Öfen"),
        ("用Python写 quick sort 的 unit test", "用Python写 merge sort 的 unit test"),
    ],
)
def test_near_repetition_is_found_in_any_language(first: str, second: str) -> None:
    index = DiversityIndex(Fraction(7, 10))
    assert index.admit(first, "first").kept
    verdict = index.admit(second, "second")
    assert verdict.rule == "rouge_l"
    assert verdict.nearest == "first"
    assert index.admit(first, "again").rule == "duplicate"


@pytest.mark.slow
def test_on_real_instructions_it_keeps_what_the_slow_twin_keeps() -> None:
    """4,433 + 4,535 instructions; the twin's table is RapidFuzz's, which test_rouge checks."""
    demo = [record.instruction for _, record in read_original(shared(DEMO)).records()]
    lines = shared(CODE).read_text("utf-8").splitlines()
    code = [json.loads(line)["instruction"] for line in lines]
    assert (len(demo), len(code)) == (4433, 4535)
    threshold = Fraction(7, 10)
    keys = [str(n) for n in range(len(demo + code))]
    found = [outcome(v) for v in DiversityIndex(threshold).admit_many(demo + code, keys)]
    assert found == brute_force(demo + code, threshold)


def brute_force(given_texts: list[str], threshold: Fraction) -> list[Outcome]:
    """Every text against every kept one, with RapidFuzz for the table."""
    numbers: dict[str, int] = {}
    kept: list[str] = []
    places: list[int] = []
    found: list[Outcome] = []
    for place, text in enumerate(given_texts):
        mine = "".join(chr(numbers.setdefault(t, len(numbers))) for t in tokens(text))
        common = process.cdist([mine], [*kept, "?"], scorer=LCSseq.similarity)[0][:-1]
        totals = np.array([len(mine) + len(other) for other in kept])
        best = int(np.argmax(common / totals)) if kept else 0
        score = Fraction(2 * int(common[best]), int(totals[best])) if kept else Fraction(0)
        if score < threshold:
            kept.append(mine)
            places.append(place)
            found.append((None, Fraction(0), None))
        else:
            rule = "duplicate" if mine == kept[best] else "rouge_l"
            found.append((rule, score, str(places[best])))
    return found


@pytest.mark.parametrize(
    "text", ["Sum up the following text.", "Sum up text number {} in a few words"]
)
def test_repeated_texts_take_no_more_than_others(text: str) -> None:
    """Comparing each with each would take gigabytes."""
    given_texts = [text.format(n) for n in range(20_000)]
    keys = list(map(str, range(20_000)))
    tracemalloc.start()
    verdicts = DiversityIndex(Fraction(7, 10)).admit_many(given_texts, keys)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [verdict.kept for verdict in verdicts] == [True] + [False] * 19_999
    assert {verdict.nearest for verdict in verdicts[1:]} == {"0"}
    assert peak < 100 * 2**20


@given(texts, texts, texts, thresholds, st.integers(0, 25))
def test_the_texts_so_far_are_those_of_an_index_that_holds_no_others(
    foreign: list[str], given_texts: list[str], asked: list[str], t: Fraction, count: int
) -> None:
    first = given_texts[:count]
    against, known, alone = DiversityIndex(t), SlowFilter(t), SlowFilter(t)
    for n, text in enumerate(foreign):
        against.add(text, f"foreign {n}")
        known.add(text, f"foreign {n}")
    index = DiversityIndex(t, against=against)
    for n, text in enumerate(first):
        index.add(text, str(n))
        alone.add(text, str(n))
    so_far = index.so_far()
    for n, text in enumerate(given_texts[count:]):
        index.add(text, f"later {n}")
    for text in [*asked, *given_texts]:
        repeats = alone.judge(text)[0] is not None or known.judge(text)[0] is not None
        assert so_far.repeated_by(text) is repeats


def test_the_texts_so_far_may_be_asked_for_while_another_thread_adds() -> None:
    lines = [f"{a} {b} {c} and {a} of {c}" for a in "pqrstu" for b in "vwxyz" for c in "abcdefghij"]
    index, alone = DiversityIndex(Fraction(7, 10)), SlowFilter(Fraction(7, 10))
    for text in lines[:20]:
        index.add(text, text)
        alone.add(text, text)
    so_far, asked = index.so_far(), lines[::3]
    expected = [alone.judge(text)[0] is not None for text in asked]
    assert {*expected} == {True, False}
    with ThreadPoolExecutor(4) as threads:
        adding = threads.submit(lambda: [index.admit(text, text) for text in lines[20:]])
        asking = [threads.submit(lambda: [*map(so_far.repeated_by, asked)]) for _ in range(3)]
        assert [one.result() for one in asking] == [expected] * 3
    assert len(adding.result()) == len(lines) - 20
