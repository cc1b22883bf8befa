"""What the prompts must know about a language: its templates, its name, how dense it writes."""

from words import primary_language

_NAMES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
}

_DENSE = frozenset({"ja", "ko", "yue", "zh"})


def template_language(language: str) -> str:
    """Return which templates speak to the model: "zh" for Chinese, "en" for every other one."""
    return "zh" if primary_language(language) == "zh" else "en"


def write_in(language: str) -> str:
    """Return the language's name where the template's own differs from it, "" where it does not."""
    if primary_language(language) == template_language(language):
        return ""
    name = _NAMES.get(primary_language(language))
    return f"{name} ({language})" if name else f'the language with the code "{language}"'


def is_dense(language: str) -> bool:
    """Return whether the language writes a word in one or two characters."""
    return primary_language(language) in _DENSE
