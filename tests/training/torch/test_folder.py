"""A model in a folder: its answers, its loss, and what is no such folder."""

import json
from pathlib import Path

import pytest

from errors import InputError
from record import Record
from tests.training.tiny import tiny_model

RECORDS = [Record("Sort.", "b a", "a b", id="1"), Record("Say hello.", output="Hello!", id="2")]


def test_answers_are_the_same_every_time(tmp_path: Path) -> None:
    path = tiny_model(tmp_path)
    (path / "generation_config.json").write_text('{"do_sample": true, "temperature": 2.0}')
    from training.torch.answers import Folder  # noqa: PLC0415 - torch may be missing

    asked = [{"role": "user", "content": "Sort: b a"}]
    first, second = (Folder(path).answer(asked, 12) for _ in range(2))
    assert first == second
    assert first


def test_an_answer_ends_with_the_context(tmp_path: Path) -> None:
    path = tiny_model(tmp_path)
    from training.torch.answers import Folder  # noqa: PLC0415

    folder = Folder(path)
    assert len(folder.answer([{"role": "user", "content": "x" * 500}], 100)) <= 9
    with pytest.raises(InputError, match=r"a question of 603 tokens leaves no room .* reads 512"):
        folder.answer([{"role": "user", "content": "x" * 600}], 100)


def test_the_loss_is_that_of_the_outputs(tmp_path: Path) -> None:
    path = tiny_model(tmp_path)
    import torch  # noqa: PLC0415
    import transformers  # noqa: PLC0415

    from training.torch.loss import held_out  # noqa: PLC0415

    seen: list[tuple[int, int]] = []
    found = held_out(path, RECORDS, lambda *at: seen.append(at))
    assert seen == [(1, 2), (2, 2)]
    assert found.tokens == [len("a b") + 1, len("Hello!") + 1]
    # the slow twin: each record's labels, by the model's own loss
    model = transformers.AutoModelForCausalLM.from_pretrained(path)
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    text = "<|user|>Sort.\n\nb a<|end|><|assistant|>a b<|end|>"
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    labels = ids.clone()
    labels[0, :-4] = -100
    with torch.no_grad():
        assert found.losses[0] == pytest.approx(float(model(ids, labels=labels).loss), rel=1e-5)
    mean = (found.losses[0] * 4 + found.losses[1] * 7) / 11
    assert found.mean == pytest.approx(mean)


def test_what_has_no_loss_is_refused(tmp_path: Path) -> None:
    path = tiny_model(tmp_path)
    from training.torch.loss import held_out  # noqa: PLC0415

    for records, why in (
        ([], "no records"),
        ([Record("Sort.", id="4")], "record 4 has no output"),
        ([Record("x" * 600, output="a", id="5")], "record 5 has 605 tokens, the model reads 512"),
    ):
        with pytest.raises(InputError, match=why):
            held_out(path, records, lambda *_: None)


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    path = tiny_model(tmp_path / "no template", template=None)
    from training.torch.answers import Folder  # noqa: PLC0415

    with pytest.raises(InputError, match="has no chat template, which says where an answer begins"):
        Folder(path)
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "missing"):
        with pytest.raises(InputError, match="holds no model: name a folder"):
            Folder(folder)
    broken = tiny_model(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match="holds no model that can be read"):
        Folder(broken)
    odd = tiny_model(tmp_path / "odd")
    (odd / "config.json").write_text(json.dumps({"model_type": "no such model"}))
    with pytest.raises(InputError, match=r"odd .*read"):
        Folder(odd)
