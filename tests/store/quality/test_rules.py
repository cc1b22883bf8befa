import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from checks import Fault
from record import Record
from store.quality import rules as record_rules
from store.quality.rules import RECORD_RULES, RecordRules, broken_rule

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
RULES = RecordRules("en", "optional", (5, 400), (2, 1_000), (2, 2_000))
HOME = "We stay at home today, for it is so wet."
CHINESE = RecordRules("zh", "optional", (5, 400), (2, 1_000), (2, 2_000))


def rule(
    instruction: str = "Shorten the letter to Ada.",
    input_text: str = "Dear Ada, it rained for three days, and we stayed at home.",
    output: str = "Dear Ada, we stayed in: three days of rain.",
    *,
    rules: RecordRules = RULES,
    cut_off: bool = False,
) -> str | None:
    fault = broken_rule(Record(instruction, input_text, output, cut_off=cut_off), rules)
    assert fault is None or fault[1]
    return fault[0] if fault else None


def rules(**changes: Any) -> RecordRules:  # noqa: ANN401  any field
    fields: dict[str, Any] = {
        "language": "en",
        "input": "optional",
        "instruction_lengths": (5, 400),
        "input_lengths": (2, 1_000),
        "output_lengths": (2, 2_000),
    }
    return RecordRules(**fields | changes)


def test_a_good_record_breaks_no_rule() -> None:
    assert rule() is None


@pytest.mark.parametrize(
    ("parts", "broken"),
    [
        (("", "x y", "z z"), "empty"),
        (("Shorten it.", "x y", " \n"), "empty"),
        (("Hi", "x y", "A text."), "length"),
        (("Shorten it.", "x", "A text."), "length"),
        (("Shorten it.", "", "A"), "length"),
        (("Shorten it.", "", "A" * 2_001), "length"),
        (("Draw a cat on a roof.", "", "A cat."), "blocked_word"),
        (("Write to a friend.", "", "Dear [Name], all is well."), "placeholder"),
        (("Make this friendlier.", "Come at nine.", "Come at nine."), "copy"),
        (("Come at nine, please.", "", "Come at nine, please."), "copy"),
        (
            ("Write about the sea.", "", "Море сегодня очень тихое, и чайки сидят на воде."),
            "language",
        ),
        (("Sum it up in one sentence.", "It rained. It snowed.", "Rain fell. Snow came."), "count"),
        (("Say 'We stay at home today, for it is so wet.'", "x y", HOME), "given_away"),
        (("Thank Ada. Situation: a letter to a friend", "", "Thank you, Ada."), "prompt"),
        (("Thank Ada.", "", f"{HOME} Yours, Bo. {HOME}"), "repeats"),
        (("Пожалуйста, напиши мне короткий рассказ о тихом море.", "", "The sea."), "language"),
    ],
)
def test_each_rule_has_its_name(parts: tuple[str, str, str], broken: str) -> None:
    assert rule(*parts, rules=rules(topics=("a letter to a friend",))) == broken


def test_the_reason_names_the_part_and_the_limit() -> None:
    fault = broken_rule(Record("Shorten it.", "x", "A text."), RULES)
    assert fault == ("length", "the input has 1 characters, fewer than 2")


def test_whether_there_is_an_input_is_the_domain_s_choice() -> None:
    assert rule(input_text="") is None
    assert rule(input_text="", rules=rules(input="required")) == "empty"
    assert rule(rules=rules(input="none")) == "input"
    assert rule(input_text="", rules=rules(input="none")) is None


def test_what_the_token_limit_cut_is_rejected() -> None:
    assert rule(cut_off=True) == "truncated"


@pytest.mark.parametrize(
    ("output", "broken"),
    [
        (r"So $x = 4$. The answer is \boxed{4}.", None),
        (r"The answer is 4.", "format"),
        (r"The answer is \boxed{}", "format"),
        (r"} and \boxed{4", "format"),
    ],
)
def test_an_output_must_hold_the_domain_s_pattern(output: str, broken: str | None) -> None:
    boxed = rules(output_pattern=r"\boxed{*}", input="none")
    assert rule("What is 2 + 2?", "", output, rules=boxed) == broken


def test_a_pattern_is_matched_in_linear_time() -> None:
    wide = rules(output_pattern="a*" * 50 + "b", output_lengths=(1, 10**6))
    assert rule(output="a" * 200_000, rules=wide) == "format"


@pytest.mark.parametrize(
    ("instruction", "given", "output", "broken"),
    [
        ("Correct the punctuation.", "He said he left.", "He said, he left.", None),
        ("Correct the capitals.", "the ceo came.", "The CEO came.", None),
        ("Fix the indentation.", "for x in y:\nprint(x)", "for x in y:\n  print(x)", None),
        ("Correct the sentence.", "He left early.", "He left early.", "copy"),
        (
            "Make it formal.",
            "A b c d e f g h i j k l m n o p q r s t.",
            "A b c d e f g h i j k l m n o p q r s t!",
            "copy",
        ),
        ("Make it formal.", "A b c d e f.", "Dear A, b c d e f, yours.", None),
        (
            "改成正式的语气。",
            "明天上午九点开会，请大家准时到场。",
            "明天上午九点开会，请大家准时到场",
            "copy",
        ),
    ],
)
def test_a_correction_may_be_close_to_its_input(
    instruction: str, given: str, output: str, broken: str | None
) -> None:
    language = CHINESE if instruction[0] == "改" else RULES
    assert rule(instruction, given, output, rules=language) == broken


def test_a_domain_may_say_what_a_copy_is() -> None:
    given = "A b c d e f g h i j."
    parts = ("Make it formal.", given, given.replace("c d", "k l"))
    assert rule(*parts) is None
    assert rule(*parts, rules=rules(overlap=0.8)) == "copy"
    assert rule("Fix the letters.", *parts[1:], rules=rules(overlap=0.8)) is None


def test_a_copy_is_told_with_the_overlap_and_what_is_asked() -> None:
    given = "A b c d e f g h i j."
    fault = broken_rule(Record("Make it formal.", given, given[:-1]), rules(overlap=0.9))
    why = "the output repeats the input: overlap 0.95, less than 0.9 asked"
    assert fault == ("copy", why)


def test_an_instruction_may_quote_a_placeholder() -> None:
    assert rule("Print 'Hello, [name]!' for each user's name.", "", "print(name)") is None
    assert rule("Write a letter to [name] in Rome.", "", "Dear Ann, hello.") == "placeholder"


def test_a_domain_s_words_are_blocked() -> None:
    words = rules(blocked_words=("lawsuit", "Zahn"))
    assert rule("Threaten with a Lawsuit.", rules=words) == "blocked_word"
    assert rule("Write about lawsuits.", rules=words) is None


def test_a_new_rule_is_one_function_and_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def shouted(record: Record, _: RecordRules) -> Fault | None:
        return ("shouted", "the output is in capitals") if record.output.isupper() else None

    monkeypatch.setattr(record_rules, "RECORD_RULES", (*RECORD_RULES, shouted))
    assert rule(output="WE STAYED IN: THREE DAYS OF RAIN.") == "shouted"
    assert rule() is None


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data set is not beside this checkout")
def test_real_records_are_rejected_where_a_person_would() -> None:
    wide = RecordRules("en", "optional", (1, 10**5), (1, 10**5), (1, 10**5))
    rejected: Counter[str] = Counter()
    total = 0
    for file in sorted((DATA / "explore_instruct_demo").glob("*.json")):
        for record in json.loads(file.read_text("utf-8")).get("examples", []):
            total += 1
            parts = Record(record["instruction"], record["input"] or "", record["output"])
            if fault := broken_rule(parts, wide):
                rejected[fault[0]] += 1
    assert total == 4_433
    assert rejected == {"placeholder": 8, "copy": 5, "count": 1}
