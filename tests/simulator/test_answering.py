"""What the simulated endpoint answers."""

from collections.abc import Sequence

import pytest

from prompts.parse import parse_records
from prompts.render import record_messages, retry_messages
from simulator.coverage import marked
from simulator.reading import Wanted, read_prompt
from simulator.taxonomy import ROOT
from store.quality.names import broken_name_rule
from store.quality.rules import broken_rule
from tests.simulator.asking import (
    DOMAIN,
    RULES,
    TAXONOMY,
    answered,
    named,
    names_prompt,
    records_prompt,
    sent,
    wanted,
)


def test_a_prompt_of_the_project_is_read_as_it_was_rendered() -> None:
    messages = names_prompt(
        asked=4,
        task="Beta",
        path=["Alpha", "Beta"],
        children=["One", "Two"],
        peers=["Three"],
        related=["Four", "Five"],
        rejected=[("Six", "ROUGE-L 0.83 with t2"), ("Seven", "too long")],
    )
    prompt = read_prompt(sent(messages))
    assert prompt is not None
    assert (prompt.kind, prompt.tasks) == ("subtasks", (Wanted(("Alpha", "Beta"), 4),))
    assert (prompt.children, prompt.peers) == (("One", "Two"), ("Three",))
    assert prompt.others == ("Four", "Five", "Six", "Seven")


def test_several_tasks_are_read_each_with_how_many_records_it_wants() -> None:
    tasks = [wanted("One"), wanted("Two", "a: b, c", asked=3), wanted()]
    listed = "1. X > Y - no task; 5 records"
    messages = record_messages(DOMAIN, tasks=tasks, existing=[listed], addition=listed)
    prompt = read_prompt(sent(messages))
    assert prompt is not None
    assert prompt.tasks == tuple(Wanted(tuple(t["path"]), t["asked"]) for t in tasks)


def test_each_of_several_tasks_gets_its_own_records() -> None:
    leaves = sorted(TAXONOMY.leaves)[:60:12]
    names = [TAXONOMY.tasks[leaf].traits.wordings()[2] for leaf in leaves]
    tasks = [wanted(name, asked=2 if name is names[1] else 1) for name in names]
    text = answered(record_messages(DOMAIN, tasks=tasks), 1)
    records = parse_records(text, asked=6, tasks=5).items
    assert [record.task for record in records] == ["1", "2", "2", "3", "4", "5"]
    for record in records:
        assert record.output.endswith(marked(leaves[int(record.task) - 1]))


def test_a_prompt_that_complains_is_read_as_the_request_it_repeats() -> None:
    messages = records_prompt(3)
    again = retry_messages(messages, "What?", ["there is no JSON"])
    assert read_prompt(sent(again)) == read_prompt(sent(messages))
    assert read_prompt([{"role": "user", "content": "hello"}]) is None


def test_the_taxonomy_is_large_and_every_name_of_it_is_fit_to_be_kept() -> None:
    assert len(TAXONOMY) > 2000
    for number, task in enumerate(TAXONOMY.tasks[1:], start=1):
        for wording in task.traits.wordings():
            assert broken_name_rule(wording, DOMAIN.task, language="en") is None
        assert number in TAXONOMY.tasks[task.parent].children
    weights = [TAXONOMY.tasks[child].weight for child in TAXONOMY.tasks[ROOT].children]
    assert sum(weights) == pytest.approx(1)
    assert weights[0] == pytest.approx(10 * weights[9])


def test_the_answer_follows_from_messages_and_seed_alone() -> None:
    assert answered(records_prompt(), 1) == answered(records_prompt(), 1)
    assert answered(records_prompt(), 1) != answered(records_prompt(), 2)
    assert answered(records_prompt(1), 1) != answered(records_prompt(2), 1)


def test_a_popular_task_is_named_again_and_again_unless_the_prompt_names_it() -> None:
    popular = TAXONOMY.tasks[ROOT].children[:8]
    first = [TAXONOMY.tasks[number].traits.wordings()[0] for number in popular]
    unaware = [set(named(seed, asked=8)) & set(first) for seed in range(1, 41)]
    aware = [set(named(seed, asked=8, children=first)) & set(first) for seed in range(1, 41)]
    assert sum(map(len, unaware)) > 60
    assert sum(map(len, aware)) < sum(map(len, unaware)) / 5


@pytest.mark.parametrize("beside", [0, 1])
def test_stock_is_avoided_where_its_instructions_are_shown_whole_or_cut(beside: int) -> None:
    first, second = sorted(TAXONOMY.leaves)[:2]
    tasks = [wanted(TAXONOMY.tasks[leaf].traits.wordings()[2]) for leaf in (first, second)]

    def written(existing: Sequence[str] = ()) -> list[str]:
        messages = record_messages(DOMAIN, tasks=tasks[: 1 + beside], existing=existing)
        texts = [answered(messages, seed, repetition=1) for seed in range(40)]
        return [parse_records(text, asked=2).items[0].instruction for text in texts]

    stock = set(written())
    assert len(stock) == 3
    assert all(len(instruction) > 110 for instruction in stock)
    assert sum(instruction in stock for instruction in written(sorted(stock))) < 4


def test_related_peers_and_rejected_names_are_avoided_too() -> None:
    first = named(0, asked=8)
    for shown in ({"related": first}, {"rejected": [(name, "known") for name in first]}):
        again = [set(named(seed, asked=8, **shown)) & set(first) for seed in range(1, 41)]
        assert sum(map(len, again)) < 40


def test_asking_with_what_was_found_covers_the_subtasks_of_a_task() -> None:
    found: list[str] = []
    for seed in range(12):
        found += [name for name in named(seed, asked=6, children=found[-20:]) if name not in found]
    children = {n for name in found if (n := TAXONOMY.number_of(name)) is not None}
    of_root = set(TAXONOMY.tasks[ROOT].children)
    assert len(children & of_root) > 0.8 * len(of_root)


def test_a_task_that_cannot_be_split_brings_its_siblings_and_what_lies_elsewhere() -> None:
    leaf = len(TAXONOMY)
    path = [DOMAIN.task, TAXONOMY.tasks[leaf].traits.wordings()[0]]
    numbers = {TAXONOMY.number_of(name) for name in named(0, asked=20, path=path)}
    siblings = set(TAXONOMY.tasks[TAXONOMY.tasks[leaf].parent].children) - {leaf}
    assert siblings < numbers
    assert leaf not in numbers


def test_records_obey_the_rules_and_only_stock_ones_repeat() -> None:
    texts = [answered(records_prompt(5), seed, repetition=0) for seed in range(40)]
    records = [item for text in texts for item in parse_records(text, asked=5).items]
    for record in records:
        assert broken_rule(record, RULES) is None
    assert len({record.instruction for record in records}) == len(records) == 200
    stock = [answered(records_prompt(5), seed, repetition=1) for seed in range(40)]
    repeated = [item for text in stock for item in parse_records(text, asked=5).items]
    assert len({record.instruction for record in repeated}) < 190
