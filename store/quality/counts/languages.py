"""The languages whose counts are checked; a language without a row is not."""

from store.quality.counts.chinese import CHINESE
from store.quality.counts.english import ENGLISH
from store.quality.counts.german import GERMAN
from store.quality.counts.wording import Wording

LANGUAGES: dict[str, Wording] = {"de": GERMAN, "en": ENGLISH, "zh": CHINESE}
"""The wording of every language that is checked, by its code."""
