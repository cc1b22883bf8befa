import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import tokenize

from store.filter.tokens import normalised, tokens


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_tokens_are_rouge_scores(text: str) -> None:
    assert tokens(text) == tokenize.tokenize(text, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("写一首诗, 42行", ["写", "一", "首", "诗", "42", "行"]),
        ("詩を書く。カタカナ", ["詩", "を", "書", "く", "カ", "タ", "カ", "ナ"]),
        ("한국어로 요약해 줘", ["한국어로", "요약해", "줘"]),
        ("เขียนบทกวี", ["เ", "ขี", "ย", "น", "บ", "ท", "ก", "วี"]),
        ("اكتب قصيدة قصيرة", ["اكتب", "قصيدة", "قصيرة"]),
        ("Напиши СТИХ о море", ["напиши", "стих", "о", "море"]),
        ("एक कविता लिखें", ["एक", "कविता", "लिखें"]),
        ("Größere Straßen für Äpfel", ["grössere", "strassen", "für", "äpfel"]),
        ("用Python写 quick-sort！", ["用", "python", "写", "quick", "sort"]),
        ("ﬁne １２ ＡＢ", ["fine", "12", "ab"]),
        ("", []),
        ("…！？ 🙂", []),
    ],
)
def test_words_of_any_language(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("composed", "other"),
    [
        ("caf\u00e9 fran\u00e7ais", "cafe\u0301 franc\u0327ais"),
        ("STRASSE", "straße"),
        ("zero\u200bwidth soft\u00adhyphen", "zerowidth softhyphen"),
        ("\u212b", "å"),
    ],
)
def test_the_same_word_written_otherwise(composed: str, other: str) -> None:
    assert tokens(composed) == tokens(other)


@given(st.text())
def test_any_text_has_stable_tokens_without_spaces(text: str) -> None:
    found = tokens(text)
    assert all(token and not token.isspace() for token in found)
    assert tokens(" ".join(found)) == found


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


def test_texts_without_tokens_differ_by_their_signs() -> None:
    assert normalised(" !  ? ") == "! ?"
    assert normalised("!!") != normalised("??")
