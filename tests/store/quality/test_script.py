import pytest

from store.quality.script import has_script_of, is_written_in

ENGLISH = "The boat left the harbour early and the whole crew was still asleep below deck."
GERMAN = "Das Boot verließ früh den Hafen, und die Mannschaft schlief noch unter Deck."
CHINESE = "小船一大早就离开了港口，全体船员还在甲板下面睡觉。"
RUSSIAN = "Лодка рано вышла из гавани, и вся команда ещё спала под палубой."
JAPANESE = "船は朝早く港を出たが、乗組員はまだデッキの下で眠っていた。"
KOREAN = "배는 아침 일찍 항구를 떠났고 선원들은 아직 갑판 아래에서 자고 있었다 모두."
HINDI = "नाव सुबह जल्दी बंदरगाह से निकली और पूरा दल अभी भी डेक के नीचे सो रहा था।"

TEXTS = {
    "en": ENGLISH,
    "de": GERMAN,
    "zh": CHINESE,
    "ru": RUSSIAN,
    "ja": JAPANESE,
    "ko": KOREAN,
    "hi": HINDI,
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_is_written_in_its_own_language(language: str) -> None:
    assert is_written_in(TEXTS[language], language)
    assert is_written_in(TEXTS[language], f"{language}-XX")
    assert has_script_of(TEXTS[language], language)


@pytest.mark.parametrize("language", [code for code in TEXTS if code != "en"])
def test_english_is_written_in_no_other_language(language: str) -> None:
    assert not is_written_in(ENGLISH, language)


@pytest.mark.parametrize("text", [CHINESE, RUSSIAN, JAPANESE, KOREAN, HINDI])
def test_foreign_scripts_are_not_english(text: str) -> None:
    assert not is_written_in(text, "en")


@pytest.mark.parametrize("language", ["mul", "tlh"])
def test_a_language_that_is_not_known_is_not_checked(language: str) -> None:
    assert is_written_in(CHINESE, language)
    assert has_script_of(CHINESE, language)


def test_a_short_text_passes() -> None:
    assert is_written_in("OK, see you in Berlin!", "zh")
    assert not has_script_of("OK", "zh")


@pytest.mark.parametrize(
    "text",
    [
        f"{CHINESE}\n```python\ndef function(argument, another): return argument + another\n```",
        rf"{CHINESE} $\alpha + beta = gamma + delta + epsilon + zeta + eta + theta + a + b$",
        f"{CHINESE} https://example.org/a/b/c/d/e?f=g&h=i&j=k&l=m&n=o&p=q&r=s&t=u&v=w",
        "请用Python和FastAPI写一个REST接口，返回JSON格式的用户列表。",
    ],
)
def test_code_formulas_and_addresses_do_not_count(text: str) -> None:
    assert is_written_in(text, "zh")


def test_names_and_borrowed_words_do_not_make_a_text_english() -> None:
    assert is_written_in("Der Software Engineer Tim nutzt das Open Source Framework im Team.", "de")
