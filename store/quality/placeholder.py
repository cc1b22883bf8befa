"""Places that a writer left open: "[Your Name]", "<insert date>", "{{company}}", "XXX".

Brackets mean many other things: code, intervals, citations, checkboxes, Markdown links. So code
is left out, a bracket must hold words that name something to fill in, and nothing that continues
it as code or as a link may touch it.
"""

import re

_OPEN = (
    r"(?:your|my|his|her|their|our|the|a|an|insert|enter|add|put|fill\s+in|specify|name\s+of"
    r"|recipient'?s?|sender'?s?|customer'?s?|client'?s?|company'?s?|manager'?s?|employee'?s?"
    r"|first|last|full|date\s+of|time\s+of)"
)
_NOUN = (
    r"(?:names?|dates?|address|company|title|city|country|place|location|time|phone|e-?mail"
    r"|product|topic|person|position|amount|price|event|brand|signature|school|university"
    r"|organi[sz]ation|department|recipient|sender|deadline|venue|website|link|url|number"
    r"|job|role|field|industry|industry|year|month|day|age|hobby|book|movie|author)"
)
_WORDS = rf"(?:{_OPEN}\s+[\w'/ -]{{1,40}}|(?:[\w'/-]+\s+){{0,3}}{_NOUN}(?:\s+[\w'/-]+){{0,2}})"
_CHINESE_NOUN = (
    r"(?:姓名|名字|名称|日期|公司|地址|电话|时间|地点|单位|学校|产品|职位|邮箱|金额|部门"
    r"|联系方式|主题)"
)
_CHINESE_BLANK = r"(?:x{2,}|×{2,}|某某)"  # noqa: RUF001  the sign as people write it

_PLACEHOLDER = re.compile(
    rf"(?<![\w\])\"'!])\[\s*{_WORDS}\s*\](?![(\[\w:=])"
    rf"|<\s*(?:insert|enter|your|fill\s+in)\s[^<>\n]{{1,40}}>"
    rf"|\{{\{{\s*[\w' ]{{1,40}}\s*\}}\}}"
    rf"|[\[【][^\[\]【】\n]{{0,8}}{_CHINESE_NOUN}[^\[\]【】\n]{{0,4}}[\]】]"
    r"|(?<![\w-])(?-i:X{3,}|(?:19|20)XX)(?![\w-])"
    rf"|(?<=[\u4e00-\u9fff]){_CHINESE_BLANK}|(?<![A-Za-z]){_CHINESE_BLANK}(?=[\u4e00-\u9fff])",
    re.IGNORECASE,
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_CODE_LINE = re.compile(r"[=;{}]|\w\(|^\s*(?:#|//|\"|<\w+)|\breturn\b|\bfor\b.+\bin\b")


def placeholder(text: str) -> str | None:
    """Return the first place that was left open in the text, or None."""
    for line in _CODE.sub(" ", text).splitlines():
        found = _PLACEHOLDER.search(line)
        if found and not _CODE_LINE.search(line.replace(found[0], " ")):
            return found[0]
    return None
