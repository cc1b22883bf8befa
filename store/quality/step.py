"""Tells a task's name that is a step of a procedure rather than a kind of request.

"Evaluate each idea" goes on from ideas that somebody had before; nobody asks for it alone. Steps
are told by what they go on from, and by their number. A language without a row is not checked.
"""

import re

from words import primary_language

_RESULTS = (
    r"(?:ideas?|options?|solutions?|suggestions?|candidates?|alternatives?|proposals?|answers?"
    r"|responses?|results?|outcomes?|concepts?|drafts?)"
)
_JUDGE = (
    r"(?:evaluat|rank|rat|review|select|choos|refin|compar|assess|prioriti[sz]|test|discard|pick"
    r"|combin|scor|analy[sz]|organi[sz]|group|improv|discuss|shortlist|narrow|vet|filter|examin)"
    r"(?:e|ing)?(?:ping|ting)?"
)
_GOES_ON = (
    r"(?:the\s+)?(?:each|every|all(?:\s+(?:of\s+)?the)?|remaining|chosen|selected|resulting|generated"
    rf"|collected|shortlisted|previous)\s+(?:of\s+the\s+)?{_RESULTS}"
)
_BEST = rf"(?:the\s+)?(?:best|top|final|strongest|most\s+\w+)\s+{_RESULTS}"
_CHOOSE = r"(?:select|choose|pick|decide\s+on|narrow\s+down(?:\s+to)?|settle\s+on)"
_HANDLE = (
    "(?:define|identify|clarify|state|understand|set|implement|test|refine|review|present|share"
    "|prioriti[sz]e|monitor|document|gather|evaluate|assess|organi[sz]e|select)"
)
_GIVEN = r"the\s+(?:problem|goals?|objectives?|ideas?|solutions?|options?|results?|outcomes?)"
_LIST = r"(?:generate|make|write|create|compile|brainstorm|prepare)\s+(?:an?\s+)?list\s+of"
_RANGE = r"(?:\d+(?:\s*[-–]\s*\d+)?\s+)?"  # noqa: RUF001 - a dash as it is written
_CHINESE_RESULTS = "(?:想法|方案|点子|选项|建议|创意|结果|答案)"
_CHINESE_JUDGE = "(?:评估|评价|筛选|比较|排序|改进|讨论|分析|审查|选择)"
_CHINESE_EACH = "(?:每个|每条|每一个|各个|所有|剩下的|选出的)"

_STEPS = {
    "en": (
        r"^(?:step|stage|phase)\s+(?:\d+|one|two|three|four|five|six)\b",
        r"^(?:first|second|third|next|then|finally|lastly|afterwards?)(?:ly)?\s*[,:]",
        rf"^{_JUDGE}\b.{{0,40}}\b{_GOES_ON}\b",
        rf"^{_CHOOSE}\s+{_BEST}$",
        rf"^{_HANDLE}\s+{_GIVEN}$",
        rf"^{_LIST}\s+{_RANGE}(?:possible\s+|potential\s+)?{_RESULTS}$",
    ),
    "zh": (
        r"^(?:第[一二三四五六七八九十\d]+步|步骤[一二三四五六七八九十\d]+|首先|然后|接着|最后[，,])",  # noqa: RUF001 - a full-width sign is meant
        rf"^{_CHINESE_JUDGE}.{{0,10}}{_CHINESE_EACH}{_CHINESE_RESULTS}",
        rf"^(?:选出|挑选|选择|确定)(?:出)?最(?:好|佳|终|合适)的?{_CHINESE_RESULTS}$",
    ),
}


def step(name: str, language: str) -> str | None:
    """Return the words that make the name a step, or None for a kind of request."""
    for pattern in _STEPS.get(primary_language(language), ()):
        if found := re.search(pattern, name.strip().rstrip("."), re.IGNORECASE):
            return found[0]
    return None
