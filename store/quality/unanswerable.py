"""Wording that asks a text model for what it cannot do: see, hear, draw, open.

What is matched is the request, not the noun: "Draw a cat", "Describe this picture" and "Open the
link and sum it up" are matched; "Describe the picture that the poem paints", "Write a video
script" and "Write a function that resizes an image" are not.
"""

import re

_MEDIA = (
    r"(?:images?|pictures?|photos?|photographs?|illustrations?|drawings?|infographics?|videos?"
    r"|video clips?|audio(?: files?| clips?)?|recordings?|animations?|gifs?|screenshots?)"
)
_FILES = r"(?:files?|documents?|pdfs?|spreadsheets?|attachments?)"
_ENDS = (
    r"(?=\s*(?:[.,;:!?)]|$)|\s+(?:of|that|which|in|and|or|below|above|to|for|with|from|shows?"
    r"|showing|is|as|into|about|attached|provided)\b)"
)
_START = (
    r"(?:^|[.!?:;,]\s+(?:and\s+|then\s+)?|\b(?:you|me|to me|us)\s+(?:to\s+)?)"
    r"(?:please\s+|also\s+|now\s+)?"
)
_FIGURES = (
    r"(?:conclusion|comparison|parallel|distinction|analogy|inference|line|contrast|lesson"
    r"|connection|link|blank|breath|crowd|picture|box|card|number|sample|name|ball|marble)"
)
_MAKE = rf"{_START}(?:create|generate|make|produce|render|insert|attach|upload|crop|take)"
_SHOWN = rf"(?:{_MEDIA}|clips?|songs?|podcasts?|films?|movies?|diagrams?|maps?)"
_VISIT = rf"{_START}(?:click|open|visit|follow|browse|go\s+to|download)(?:\s+on)?"
_READ = rf"{_START}(?:summari[sz]e|read|review|translate|analy[sz]e)"
_SITES = r"(?:links?|urls?|websites?|web\s?pages?)"
_CHINESE_MEDIA = r"(?:图片|图像|照片|插图|插画|视频|音频|动画|示意图|信息图)"
_TEXTS = r"(?:脚本|文案|标题|说明|描述|简介)"

_REQUESTS = (
    rf"{_START}draw\s+(?:me\s+)?an?\s+(?!(?:\w+\s+){{0,2}}{_FIGURES})\w+",
    rf"{_MAKE}\s+(?:an?\s+|the\s+|some\s+)?(?:\w+\s+)?{_MEDIA}{_ENDS}",
    rf"\b(?:this|these|the\s+(?:following|given|provided|above|attached))\s+{_MEDIA}{_ENDS}",
    rf"\b{_MEDIA}\s+(?:below|above|attached|provided)\b",
    rf"\b(?:attached|enclosed|uploaded)\s+(?:\w+\s+)?(?:{_FILES}|{_MEDIA}){_ENDS}",
    rf"{_START}(?:listen\s+to|watch|look\s+at)\s+(?:the|this|these)\s+(?:\w+\s+)?{_SHOWN}\b",
    rf"{_VISIT}\s+(?:the|this|that)\s+(?:\w+\s+)?(?:{_SITES}|{_FILES})\b",
    rf"{_READ}\s+(?:\w+\s+){{0,4}}(?:at|from|behind|in)\s+(?:this|the\s+\w+)\s+{_SITES}\b",
    r"画(?:一|出)[张幅个只条下]?(?!句号|等号|上句号)",
    rf"(?:生成|制作|绘制|设计|创建|上传|拍摄|添加|插入).{{0,8}}?{_CHINESE_MEDIA}(?!的?{_TEXTS})",
    rf"(?:这|下面的?|以下|上面的?|所附)(?:一?[张幅段个])?(?:{_CHINESE_MEDIA}|录音|附件)",
    r"(?:如|下|上|附)图|(?:图|视频|音频)中",
    r"(?:点击|打开|访问).{0,6}(?:链接|网址|附件|文件)",
    r"(?:听|观看)(?:这|以下|下面).{0,4}(?:录音|音频|视频|歌曲|电影)",
)
_REQUEST = re.compile("|".join(_REQUESTS), re.IGNORECASE | re.MULTILINE)

_SPACED_LETTER = r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)


def unanswerable(instruction: str) -> str | None:
    """Return the words that ask for what a text model cannot do, or None."""
    found = _REQUEST.search(_CODE.sub(" ", instruction))
    return found[0].strip(" .:!?") if found else None


def blocked(text: str, words: tuple[str, ...]) -> str | None:
    """Return the first of the words that stands in the text, or None.

    Case does not matter. A word of a script with spaces must stand alone ("art" is not in
    "party"); one of Chinese, Japanese and the like is found anywhere.
    """
    folded = text.casefold()
    return next((word for word in words if _stands_in(word.casefold(), folded)), None)


def _stands_in(word: str, text: str) -> bool:
    before = r"(?<!\w)" if _is_spaced(word[:1]) else ""
    after = r"(?!\w)" if _is_spaced(word[-1:]) else ""
    return re.search(before + re.escape(word) + after, text) is not None


def _is_spaced(character: str) -> bool:
    """Return whether the character is a word's letter in a script that puts spaces around words."""
    return bool(
        re.match(
            r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]", character
        )
    )
