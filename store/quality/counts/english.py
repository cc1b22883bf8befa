"""How English asks for a count."""

from store.quality.counts.wording import Unit, Wording, numbered

_TEXTS = (
    "poem|verse|summary|abstract|paragraph|story|tale|essay|description|version|text|response|reply"
    "|answer|review|note|notice|message|e-?mail|letter|report|article|speech|announcement|post"
    "|explanation|introduction|biography|pitch|dialogue|structure|format|form|limit|length"
)
_WRITE = "write|compose|create|generate|produce|give|provide"
_KINDS = "short|long|complete|full|simple|clear|concise|single|coherent|cohesive"
_UNITS: dict[Unit, str] = {
    "words": "words?",
    "sentences": rf"(?:(?:{_KINDS})\s+)?sentences?",
    "lines": "lines?",
    "paragraphs": "paragraphs?",
}
_CHANGE = "reduce|cut|shorten|limit|expand|extend|trim|condense|compress"
_LIMITS = "at least|at most|no|not|a m|exactly|fewer|less|more|between|up to"
_COMPOUND = r"{number}\s?-\s?{unit}\s+"
_LEAD = r"(?:me\s+|us\s+)?an?\s+(?:(?!\d)[\w-]+\s+){0,2}?"

ENGLISH = Wording(
    gap=r"\s+",
    numbers=numbered(
        "one|single two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty",
        thirty=30,
        forty=40,
        fifty=50,
        hundred=100,
    ),
    units=_UNITS,
    adjectives=_UNITS,
    inside=rf"in|into|keep\s+it(?:\s+to)?|(?:should|must)(?:\s+(?:be|have))?|\((?=[^)]{{0,40}}\))"
    rf"|(?:{_CHANGE})\b[^.;]{{0,60}}?\bto|to(?=\s+(?:{_LIMITS}))"
    r"|,(?=\s*(?:at least|at most|no|not|under|within|up to|max))|(?=within\b)",
    makes=rf"(?:{_WRITE})(?:\s+(?:me|us))?(?:\s+an?\s+(?:\w+\s+){{1,3}}of)?|use|using"
    rf"|(?:with|of)(?=\s+(?:{_LIMITS}))",
    shapes=(
        rf"\b(?:in|into|as|to|{_WRITE})\s+{_LEAD}{_COMPOUND}(?:[\w-]+\s+)?(?:{_TEXTS})\b",
        rf"\bwith\s+an?\s+(?:\w+\s+)?{_COMPOUND}(?:structure|form(?:at)?|limit|length)\b",
    ),
    lists="list|name|suggest|propose|give|provide|brainstorm|write|create|generate|recommend|offer"
    r"|invent|find|think\s+of|come\s+up\s+with|(?:write|make|create|give)\s+(?:me\s+)?a\s+list\s+of",
    items=r"(?:(?:me|us)\s+)?",
    not_items="words?|sentences?|lines?|paragraphs?|stanzas?|verses?|pages?|characters?|syllables?"
    "|minutes?|hours?|days?|weeks?|months?|years?|people|persons?|friends|students|children|percent"
    "|dollars?|parts?|versions?|sections?|more|other|additional|of|in|out|or|and|to",
    to="to|or|and|[-–—]",  # noqa: RUF001 - dashes as they are written
    at_least="at least|no (?:fewer|less) than|not (?:be )?(?:fewer|less) than|a minimum of|minimum",
    at_most="at most|no (?:more|longer) than|not (?:be )?(?:more|longer) than|not exceed(?:ing)?"
    "|up to|a maximum of|maximum|max|within|under",
    more_than="more than|over",
    less_than="fewer than|less than|below",
    about="about|around|roughly|approximately|approx|circa|nearly|almost|some|another|the",
    exactly="exactly|just|only|precisely|between",
    or_more="or more|at least|minimum",
    or_less="or fewer|or less|at most|maximum|max",
    apart=r"\b(?:each|every|per|apiece|respectively|if|functions?|programs?|scripts?|code|strings?|arrays?)\b",
    of_others=r"\b(?:that|which|who|whose|from|of|above|below|such|like|with|containing|starting"
    r"|beginning|ending|and|between|apart|at a time|to (?:describe|use|include))\b",
)
