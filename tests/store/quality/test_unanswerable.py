import pytest

from store.quality.unanswerable import blocked, unanswerable


@pytest.mark.parametrize(
    "instruction",
    [
        "Draw a cat that sleeps on a roof.",
        "Please draw me an old ship.",
        "Create an image of a sunset.",
        "I want you to generate a short video about bees.",
        "Describe this picture in two sentences.",
        "What is happening in the following photo?",
        "Sum up the attached PDF.",
        "Rewrite the document. See the attached file for details.",
        "Listen to this recording and write down what is said.",
        "Watch the video and list its claims.",
        "Open the link and read the article.",
        "Summarize the article at the following link.",
        "Explain the image below.",
        "画一只在屋顶上睡觉的猫。",
        "生成一张日落的图片。",
        "请描述下图的内容。",
        "根据这张照片写一段话。",
        "打开下面的链接并总结文章。",
        "听以下录音，写出内容。",
    ],
)
def test_requests_beyond_text_are_found(instruction: str) -> None:
    assert unanswerable(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "Describe the picture that the author's words paint.",
        "Draw a conclusion from these two facts.",
        "Draw a careful comparison between tea and coffee.",
        "A card is drawn at random. What is the probability of a king?",
        "You draw a red ball from an urn. What is the chance of another?",
        "Write a script for a video about bees.",
        "Create a video script about bees.",
        "Write a function that resizes an image.",
        "Create an image gallery with HTML and CSS.",
        "Explain in simpler language how to upload a photo to a website.",
        "Suggest ways to watch a film with friends who live far away.",
        "Rewrite this product description for a photo studio.",
        "Make this film review shorter.",
        "Invent names for a picture book about owls.",
        "Turn this file naming rule into plain words.",
        "Fetch JSON from the given URL with Python.",
        "Rewrite the museum's audio guide script for children.",
        "```\n# draw a circle\n```\nExplain this program.",
        "为一个短视频写文案。",
        "设计视频的标题。",
        "描写夕阳如画的景色。",
        "改写博物馆的讲解词。",
    ],
)
def test_requests_for_text_are_not(instruction: str) -> None:
    assert unanswerable(instruction) is None


@pytest.mark.parametrize(
    ("text", "word", "stands"),
    [
        ("Modern ART matters", "art", True),
        ("A party", "art", False),
        ("Write C++ code", "c++", True),
        ("in New York today", "new york", True),
        ("关于赌博的广告", "赌博", True),
        ("カジノの広告", "カジノ", True),
        ("die Straße", "STRASSE", True),
        ("nothing", "art", False),
    ],
)
def test_a_word_stands_alone_where_words_have_spaces(text: str, word: str, stands: bool) -> None:  # noqa: FBT001  a parameter
    assert (blocked(text, (word,)) is not None) is stands
