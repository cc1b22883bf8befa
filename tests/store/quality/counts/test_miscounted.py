import pytest

from store.quality.counts.miscounted import miscounted

THREE = "The sea rose. The wind blew. The ship sank."


@pytest.mark.parametrize(
    ("language", "instruction", "output", "why"),
    [
        ("en", "Write a 12-line poem.", "a\nb\nc\nd", "12 lines asked, 4 found"),
        ("en", "Sum it up in one sentence.", THREE, "1 sentence asked, 3 found"),
        ("en", "Write at least five sentences.", THREE, "at least 5 sentences asked, 3 found"),
        ("en", "Answer in at most five words.", THREE, "at most 5 words asked, 9 found"),
        ("en", "Sum it up in three sentences.", THREE, None),
        ("en", "Write a 10-word summary.", THREE, None),
        ("en", "List four fruits.", "1. pear\n2. plum\n3. fig", "4 items asked, 3 found"),
        ("en", "List four fruits.", "Pear, plum and fig.", None),
        ("de", "Antworte in höchstens zwei Sätzen.", THREE, "at most 2 sentences asked, 3 found"),
        ("zh", "用一句话概括。", "海涨了。船沉了。", "1 sentence asked, 2 found"),
        ("zh", "不超过十字。", "海涨了。风来了，船沉了。", None),
        ("fr", "Réponds en une phrase.", THREE, None),
    ],
)
def test_what_was_asked_and_what_was_found(
    language: str, instruction: str, output: str, why: str | None
) -> None:
    assert miscounted(instruction, output, language) == why
