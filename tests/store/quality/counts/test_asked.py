from dataclasses import replace

import pytest

from store.quality.counts.asked import asked
from store.quality.counts.languages import LANGUAGES

ENGLISH = [
    ("Rewrite the poem with a 12-line structure and a clear tone.", ["12 lines"]),
    ("Summarize it in a short three-sentence paragraph.", ["3 sentences"]),
    ("Write a 200 -word essay on the abstract.", ["150 to 250 words"]),
    ("Rewrite the panel for children, in at most three sentences.", ["at most 3 sentences"]),
    ("Make it formal, in at least three sentences.", ["at least 3 sentences"]),
    ("Explain tides in exactly two sentences.", ["2 sentences"]),
    ("Explain tides in 2-3 sentences.", ["2 to 3 sentences"]),
    ("Explain tides in between two and four sentences.", ["2 to 4 sentences"]),
    ("Write a haiku of exactly three lines.", ["3 lines"]),
    ("Write a poem about love (16 lines).", ["16 lines"]),
    ("Use three sentences to sum up the tale.", ["3 sentences"]),
    ("Sum up the tale, in no more than 1,000 words.", ["at most 1000 words"]),
    ("Expand the paragraph to at least 150 words.", ["at least 150 words"]),
    ("Cut the notice to 40 words or fewer.", ["at most 40 words"]),
    ("Write about music, not exceeding 50 words.", ["at most 50 words"]),
    ("It should not be less than 100 words.", ["at least 100 words"]),
    ("Describe the song in fewer than five words.", ["at most 4 words"]),
    ("Answer in one word or two.", ["at most 2 words"]),
    ("Describe the song in three words.", ["3 words"]),
    ("Turn the notes into two paragraphs.", ["2 paragraphs"]),
    ("List five ways to save water.", ["5 items"]),
    ("Please give me 5-10 tips for a first date.", ["5 to 10 items"]),
    ("Suggest at least three names for a boat.", ["at least 3 items"]),
    ("Suggest five or more names for a boat.", ["at least 5 items"]),
    ("Suggest three ideas. Each idea should cost nothing.", ["3 items"]),
]
GERMAN = [
    ("Schreibe ein zwölfzeiliges Gedicht über den Herbst.", ["12 lines"]),
    ("Fasse den Brief in höchstens drei Sätzen zusammen.", ["at most 3 sentences"]),
    ("Erkläre Ebbe und Flut in einem Satz.", ["1 sentence"]),
    ("Schreibe einen Aufsatz mit mindestens 200 Wörtern.", ["at least 200 words"]),
    ("Nenne fünf Gründe für einen Garten.", ["5 items"]),
]
CHINESE = [
    ("写一首十二行的诗。", ["12 lines"]),
    ("用三句话介绍这座城市。", ["3 sentences"]),
    ("改写展板，不超过三句话。", ["at most 3 sentences"]),
    ("写一篇短文，至少200字。", ["at least 200 characters"]),
    ("把通知控制在50字以内。", ["at most 50 characters"]),
    ("列出五个省水的办法。", ["5 items"]),
]


@pytest.mark.parametrize(
    ("language", "instruction", "counts"),
    [("en", *case) for case in ENGLISH]
    + [("de", *case) for case in GERMAN]
    + [("zh-Hans", *case) for case in CHINESE],
)
def test_a_count_is_read(language: str, instruction: str, counts: list[str]) -> None:
    assert [str(count) for count in asked(instruction, language)] == counts


@pytest.mark.parametrize(
    ("language", "instruction"),
    [
        ("en", "Rewrite the 12-line poem below as prose."),
        ("en", "Turn a 12-line poem into a letter."),
        ("en", "Rewrite this poem of 12 lines as prose."),
        ("en", "Explain gravity to a 5-year-old."),
        ("en", "Plan a three-course meal."),
        ("en", "Name two sentences that contain a metaphor."),
        ("en", "Use two words that rhyme."),
        ("en", "Use at least three words from the list."),
        ("en", "Combine the two sentences."),
        ("en", "Improve the link between the following three sentences."),
        ("en", "In this paragraph, two sentences are wrong."),
        ("en", "Write a summary of about 100 words."),
        ("en", "Add three more sentences."),
        ("en", "Write a story with a five-word title."),
        ("en", "Use sentences of at most ten words."),
        ("en", "Write three lines, each in two words."),
        ("en", "Print the first two words of a string with less than three lines."),
        ("en", "Shorten 'Answer in two sentences.' to a hint."),
        ("en", "Give four flatmates ten rules."),
        ("en", "Suggest two weeks of meals."),
        ("en", "Give two of the reasons."),
        ("en", "List three fruits and name two colours."),
        ("en", "Give one reason to read."),
        ("de", "Fasse die zwei Sätze zusammen."),
        ("de", "Erkläre das für ein fünfjähriges Kind."),
        ("de", "Kürze das zwölfzeilige Gedicht."),
        ("zh", "为三句话加标点。"),
        ("zh", "润色这封信，一字不改。"),
        ("zh", "把下面三句话连起来。"),
        ("zh", "写一段产品介绍。"),
        ("zh", "写约200字的短文。"),
        ("es", "Escribe un poema de tres versos, en 20 palabras."),
    ],
)
def test_what_only_looks_like_a_count_is_not(language: str, instruction: str) -> None:
    assert asked(instruction, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_reads_its_own_numbers(language: str) -> None:
    sentences = {"de": "Schreibe {} Sätze.", "en": "Write {} sentences.", "zh": "写出{}句话。"}
    for word, number in LANGUAGES[language].numbers.items():
        (count,) = asked(sentences[language].format(word), language)
        assert (count.least, count.most) == (number, number)


def test_a_new_language_is_one_wording_and_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    spanish = replace(
        LANGUAGES["en"], numbers={"dos": 2, "tres": 3}, units={"sentences": "frases?"}, inside="en"
    )
    monkeypatch.setitem(LANGUAGES, "toy", spanish)
    assert [str(count) for count in asked("Resume la carta en tres frases.", "toy")] == [
        "3 sentences"
    ]
