"""Instructions parsed by workers, and by this process."""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from fractions import Fraction
from typing import TypeVar

import pytest

from errors import InputError
from record import Record
from report import parsing
from report.analysis import Measuring
from report.measuring import COMPARING, PARSING, analyse
from report.parsers import open_parser
from report.parsing import pairs_of
from store.files.data_set import DataSet
from work.worker import Worker

pytest.importorskip("spacy", reason="needs the extra `analysis`")

TEXTS = ["Write a poem", "Fix this bug", "Write a poem", "", "Name " + "x" * 2_000, "List two cats"]


Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Here:
    """A team that does each piece at once."""

    number = 2

    def submit(
        self, function: Callable[[Piece], Result], piece: Piece, *, seconds: float | None = None
    ) -> Future[Result]:
        del seconds
        done: Future[Result] = Future()
        done.set_result(function(piece))
        return done

    def worker(self, prepare: Callable[[], object]) -> Worker:
        raise NotImplementedError

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_AT_ONCE", 2)


def test_pieces_give_what_one_process_gives() -> None:
    parser = open_parser()
    assert parser is not None
    assert pairs_of(parser, TEXTS, Here()) == pairs_of(parser, TEXTS)
    assert pairs_of(parser, TEXTS)[0] == ("write", "poem")


def test_progress_comes_to_the_whole_of_each_step() -> None:
    done: defaultdict[str, float] = defaultdict(float)

    def advance(step: str, share: float) -> None:
        done[step] += share

    data = DataSet("d", "d", [Record(text) for text in [*TEXTS, *TEXTS]])
    for how in (
        Measuring(Fraction(7, 10), open_parser()),
        Measuring(Fraction(7, 10), open_parser(), floor=0.3, team=Here()),
    ):
        done.clear()
        analyse(data, how, advance)
        assert done == {COMPARING: pytest.approx(1), PARSING: pytest.approx(1)}


def test_a_worker_without_the_model_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = open_parser()
    assert parser is not None
    monkeypatch.setattr(parsing, "open_parser", lambda _: None)
    with pytest.raises(InputError, match="a worker has no spaCy model"):
        pairs_of(parser, TEXTS, Here())
