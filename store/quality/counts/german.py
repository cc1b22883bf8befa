"""How German asks for a count."""

from store.quality.counts.wording import Wording, numbered

_LIMITS = "mindestens|wenigstens|höchstens|maximal|genau|nicht|bis zu"

GERMAN = Wording(
    gap=r"\s+",
    numbers=numbered(
        "ein|einem|einen|eine|einer zwei drei vier fünf sechs sieben acht neun zehn elf zwölf "
        "dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
        dreißig=30,
        vierzig=40,
        fünfzig=50,
        hundert=100,
    ),
    units={
        "words": "worte?n?|wörtern?",
        "sentences": "satze?|sätzen?",
        "lines": "zeilen?|versen?",
        "paragraphs": "absatz|absätzen?",
    },
    adjectives={
        "words": r"wörtig\w*",
        "sentences": r"sätzig\w*",
        "lines": r"zeilig\w*",
        "paragraphs": r"absätzig\w*",
    },
    inside=rf"in|auf(?=\s+(?:{_LIMITS}))|\((?=[^)]{{0,40}}\))|,(?=\s*(?:{_LIMITS}))",
    makes=rf"schreibe?|verfasse?|formuliere|mit(?=\s+(?:{_LIMITS}))",
    shapes=(
        r"\b(?:in|als|schreibe?|verfasse?|dichte)\s+(?:mir\s+)?ein(?:e[mnrs]?)?\s+{number}-?{unit}\s",
    ),
    lists="nenne?|liste|schreibe?|gib|erfinde|finde|empfiehl|sammle|schlage?",
    items=r"(?:(?:mir|uns)\s+)?",
    not_items=r"worte?n?|wörtern?|satze?|sätzen?|zeilen?|versen?|absatz|absätzen?|strophen?|seiten?"
    "|tagen?|minuten|stunden|wochen|monaten?|jahren?|personen|leuten?|prozent|teilen?|weiteren?"
    "|der|von|bis|oder|und",
    to="bis|oder|und|[-–—]",  # noqa: RUF001 - dashes as they are written
    at_least="mindestens|wenigstens|nicht weniger als",
    at_most="höchstens|maximal|nicht mehr als|bis zu",
    more_than="mehr als|über",
    less_than="weniger als|unter",
    about="etwa|ungefähr|rund|circa|ca|fast|die|den|diesen?|dieser",
    exactly="genau|nur",
    or_more="oder mehr",
    or_less="oder weniger|maximal|höchstens",
    apart=r"\b(?:je|jeweils|jede[mnrs]?|pro|wenn|falls|funktion|programm|code)\b",
    of_others=r"\b(?:die|der|das|deren|aus|von|mit|oben|unten|und|zwischen)\b",
)
