"""A record may hold more than instruction, input and output: nothing on its way has to know."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from nodes.show.view import whole_tree
from record import Record, record_of, row_of
from search.limits import Limits
from store.admission import Admission, Origin
from store.exploration import Exploration
from store.files.data_set import read_data_set, read_records
from store.files.folder import DATASET, dataset_rows, write_outputs
from store.files.writing import write_jsonl
from store.formats import parquet
from store.formats.parquet import write_parquet
from store.journal.log import GENESIS, Journal
from tests.search.knowing import searching
from tests.store.samples import ORIGIN, RULES, STANDARDS, LetterEmbeddings, begin, explored, task
from turns import Exchange, messages_of

MORE = {
    "score": 0.5,
    "reasoning": "Because <of> 理由.",
    "messages": messages_of([Exchange("Thank a friend", "Thanks!")]),
}
Write = Callable[[Path, Any], int]

WITHOUT = Record("Describe a river in spring", "", "It flows.")
WITH = Record("Thank a friend", "", "Thanks!", more=MORE)


def kept(folder: Path) -> tuple[Journal, str, Exploration]:
    """Admit both records into a journal of its own; return it with its head."""
    journal = Journal(f"sqlite:///{folder / 'run.db'}")
    planted = [begin(), task(0, None, "writing"), task(1, 0, "mail")]
    exploration = explored(*planted)
    entries = list(map(Admission(exploration, Origin("t1", ORIGIN), RULES).record, [WITHOUT, WITH]))
    assert [entry.kind for entry in entries] == ["record", "record"]
    return journal, journal.commit(GENESIS, [*planted, *entries]), exploration


def test_further_parts_go_from_admission_to_the_last_file_and_back(tmp_path: Path) -> None:
    journal, head, exploration = kept(tmp_path)
    replayed = Exploration.replay(STANDARDS, LetterEmbeddings(), journal.chain(head))
    assert replayed.records == exploration.records
    assert replayed.records["r1"].more == MORE
    assert replayed.records["r0"].more == {}
    tree = whole_tree(exploration, searching(exploration, Limits(2, (2, 1), 2)))
    write_outputs(tmp_path, journal, head, exploration, tree, {})
    journal.close()
    without, with_more = read_data_set(tmp_path).records
    assert with_more == replace(
        WITH,
        id="r1",
        task="mail",
        path=("writing", "mail"),
        model="scripted",
        nearest_id="r0",
        nearest_rouge_l=with_more.nearest_rouge_l,
        call="a1",
    )
    assert without.more == {}
    assert list(read_records(tmp_path / DATASET)) == [without, with_more]
    assert record_of(row_of(with_more)) == with_more


@pytest.mark.parametrize("write", [write_jsonl, write_parquet])
def test_what_can_hold_further_parts_holds_them(tmp_path: Path, write: Write) -> None:
    journal, head, exploration = kept(tmp_path)
    rows = list(dataset_rows(journal, head, exploration))
    journal.close()
    write(tmp_path / "data", rows)
    assert [row_of(record) for record in read_records(tmp_path / "data")] == rows


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({}, {"score": 1}, "have no 'score', a later one has: export"),
        ({"score": 1}, {"score": "high"}, "export these records in another format"),
    ],
)
def test_a_table_says_what_it_cannot_hold(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: dict[str, Any],
    second: dict[str, Any],
    why: str,
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 1)
    rows = [row_of(replace(WITH, more=more)) for more in (first, second)]
    with pytest.raises(InputError, match=why):
        write_parquet(tmp_path / "table", rows)
    assert list(tmp_path.iterdir()) == []


def test_a_further_part_takes_no_name_that_means_something_else() -> None:
    odd = replace(WITH, more={"id": "mine", "task": "t9", "instruction": "no", "score": 1})
    exploration = explored(begin(), task(0, None, "writing"))
    (entry,) = list(map(Admission(exploration, Origin("t0", ORIGIN), RULES).record, [odd]))
    assert (entry.body["id"], entry.body["task"], entry.body["score"]) == ("r0", "t0", 1)
    assert exploration.records["r0"].instruction == "Thank a friend"
    assert exploration.records["r0"].more == {"score": 1}
