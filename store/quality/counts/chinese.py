"""How Chinese asks for a count."""

from store.quality.counts.wording import Wording, numbered

_TEXTS = "诗|文|总结|摘要|段落|故事|介绍|说明|描述|评论|回复|通知|短文|信"
_WRITE = "写|作|创作|改写?成|变成|改编成|浓缩成"
_LIMITS = "不超过|不多于|不少于|最多|至少"

CHINESE = Wording(
    gap=r"\s*",
    numbers=numbered(
        "一 二|两 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十",
        三十=30,
        四十=40,
        五十=50,
        八十=80,
        一百=100,
        两百=200,
        二百=200,
    ),
    units={
        "characters": "(?<!一)个?字",
        "sentences": "个?(?:句话|句子|短句|句)",
        "lines": "行",
        "paragraphs": "(?<!一)(?:段话|段文字|个?段落|段)",
    },
    adjectives={"characters": "字", "sentences": "句话?", "lines": "行", "paragraphs": "段"},
    inside=rf"用|在|以|成|字数|[,，(（:：。；](?=\s*(?:{_LIMITS}|\d))|(?={_LIMITS})",  # noqa: RUF001 - full-width signs are meant
    makes="写出?",
    shapes=(rf"(?:{_WRITE})(?:一[首篇段个封])?{{number}}{{unit}}的?(?:{_TEXTS})",),
    lists="列出|列举出?|写出|给出|提出|想出|推荐|提供|举出?|说出|起|取|建议",
    items="(?:我们?)?",
    not_items="[句字行段页篇天周年月分小倍份首次人位遍半些言绝起下直定]",
    to="到|至|或|[-–—~～]",  # noqa: RUF001 - as they are written
    at_least="不少于|至少|最少|不低于",
    at_most="不超过|不多于|最多|至多",
    more_than="超过|多于",
    less_than="少于|不到",
    about="大约|大概|约|近|另外?|这|那|第|上述",
    exactly="恰好|正好|只|仅",
    or_more="以上",
    or_less="以内|以下|之内",
    apart="每|各|如果|函数|程序|代码",
    of_others="左右|上下|来|多|中的|里的|之间|的(?:话|词|句子)",
)
