"""Outputs that speak as a model are found; those that are asked about models are not."""

import pytest

from store.quality.as_a_model import as_a_model

NEWS = "Turn the weather report into a reassuring notice."


@pytest.mark.parametrize(
    "output",
    [
        "I am sorry, but as an AI language model, I have no access to the weather.",
        "As a large language model I cannot know this.",
        "I'm just an AI, so I have no favourite.",
        "I'm sorry, but I can't assist with that.",
        "Sorry, I cannot help with this request.",
        "很抱歉，我无法满足您的要求。",
        "抱歉，作为一个人工智能，我无法访问天气预报。",
        "我只是一个语言模型，没有感受。",
        "Als KI habe ich keinen Zugriff auf Wetterdaten.",
        "En tant qu'IA, je n'ai pas accès à la météo.",
        "Como inteligencia artificial, no tengo acceso a esos datos.",
    ],
)
def test_an_output_that_speaks_of_itself_is_found(output: str) -> None:
    assert as_a_model(NEWS, "", output)


@pytest.mark.parametrize(
    ("instruction", "given", "output"),
    [
        ("Write a polite refusal.", "", "I'm sorry, but I cannot come to the party."),
        ("Write a polite refusal.", "", "I'm sorry, but I can't help with that."),
        (
            "Make it friendlier.",
            "",
            "I'm sorry, but I can't help with the move: my back hurts. Ask Ida.",
        ),
        ("Be casual.", "I am unable to assist you.", "Sorry, I can't help you with that."),
        ("Introduce a shop assistant.", "", "She works as an assistant to the manager."),
        ("Write what a chatbot answers.", "", "As an AI language model, I cannot taste soup."),
        (
            "Make this friendlier.",
            "AI bots are useless.",
            "As an AI bot once said, nobody is perfect.",
        ),
        ("Describe the aide.", "", "As an aide to the mayor he knew everybody."),
        (NEWS, "", "Rain is on its way, but there is no reason to worry."),
    ],
)
def test_what_is_asked_for_is_let_be(instruction: str, given: str, output: str) -> None:
    assert as_a_model(instruction, given, output) is None
