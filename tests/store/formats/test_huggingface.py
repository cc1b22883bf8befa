"""The folder for the Hub: its card can be read, and says what is in the folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from errors import InputError
from store.formats.card import card, plain
from store.formats.format import CardFacts, Row
from store.formats.huggingface import write_folder

CONFIG: dict[str, Any] = {
    "domain": {
        "name": "mail",
        "task": "Mail: <b>write</b> --- it",
        "description": "Answer\n# mail `kindly`\n~~~",
        "language": "pt-BR",
    },
    "settings": {"depth": 2, "model": "openai:x", "base_url": "http://10.0.0.1/v1"},
}
STATS = {"model": "openai:x", "prompt_version": "abc", "calls": 12, "records": 3, "usd": 0.1}
FACTS = CardFacts(CONFIG, STATS)


def a_row(number: int) -> Row:
    texts = dict.fromkeys(("input", "output", "task", "model", "nearest_id", "call"), "x")
    return texts | {
        "id": f"r{number}",
        "instruction": f"do {number}",
        "path": ["R", "T"],
        "depth": 1,
        "nearest_rouge_l": 0.5,
    }


def front_matter(text: str) -> dict[str, Any]:
    opened, matter, _ = text.split("---\n", 2)
    assert opened == ""
    found: dict[str, Any] = yaml.safe_load(matter)
    return found


def test_the_card_names_license_language_size_and_files() -> None:
    found = front_matter(
        card({"train": 900, "validation": 100}, CardFacts(CONFIG, STATS, "cc-by-4.0"))
    )
    assert found["license"] == "cc-by-4.0"
    assert found["language"] == ["pt"]
    assert found["size_categories"] == ["1K<n<10K"]
    assert found["pretty_name"] == CONFIG["domain"]["task"]
    assert found["configs"][0]["data_files"] == [
        {"split": "train", "path": "data/train-*.parquet"},
        {"split": "validation", "path": "data/validation-*.parquet"},
    ]


def test_the_card_tells_where_the_records_come_from_but_no_address() -> None:
    text = card({"train": 3}, FACTS)
    for line in ("| train | 3 |", "| model | openai:x |", "| prompts' version | abc |"):
        assert line in text
    settings = yaml.safe_load(text.split("~~~yaml\n")[1].split("~~~")[0])
    assert settings == {"depth": 2, "model": "openai:x"}
    assert "10.0.0.1" not in text


def test_other_peoples_words_are_no_markdown() -> None:
    text = card({"train": 3}, FACTS)
    assert r"# Mail: \<b\>write\</b\> \-\-\- it" in text
    assert r"Answer \# mail \`kindly\` \~\~\~" in text
    assert plain("a\n\n| b") == r"a \| b"


@pytest.mark.parametrize("name", ["", "CC BY", "x\ny: z", "-x", "x" * 99])
def test_a_license_that_is_no_identifier_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="give an identifier"):
        write_folder(tmp_path / "out", {"train": [a_row(0)]}, CardFacts(CONFIG, STATS, name))
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    for out in (tmp_path, tmp_path / "mine"):
        with pytest.raises(InputError, match="name another folder with --out"):
            write_folder(out, {"train": []}, FACTS)
    with pytest.raises(InputError, match="cannot be made"):
        write_folder(tmp_path / "mine" / "below", {"train": []}, FACTS)


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    def broken() -> Iterator[Row]:
        yield a_row(0)
        raise KeyboardInterrupt

    (tmp_path / "out").mkdir()
    with pytest.raises(KeyboardInterrupt):
        write_folder(tmp_path / "out", {"train": broken()}, FACTS)
    with pytest.raises(InputError, match="no record to put into"):
        write_folder(tmp_path / "out", {"train": []}, FACTS)
    assert list(tmp_path.rglob("*")) == [tmp_path / "out"]
    assert write_folder(tmp_path / "out", {"train": [a_row(0)]}, FACTS) == {"train": 1}
    made = {path.name for path in tmp_path.rglob("*")}
    assert made == {"out", "data", "train-00000-of-00001.parquet", "README.md"}


def test_the_card_of_an_import_claims_no_run_and_no_language() -> None:
    text = card({"train": 3}, CardFacts(CONFIG, {"records": 3, "strategy": "explore"}))
    assert "no filter has compared them" in text
    assert "language" not in front_matter(text)
    assert "~~~yaml" not in text
    assert "strategy" not in text


def test_the_card_tells_what_was_done_on_the_way() -> None:
    text = card({"train": 3}, CardFacts(CONFIG, STATS, steps=["Without 2 of a <b>.jsonl"]))
    assert r"- Without 2 of a \<b\>\.jsonl" in text
