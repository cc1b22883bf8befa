"""The measures of a data set, in one table.

To add a measure: a file here with a `Measure`, as report/measure.py has it, and its row in
MEASURES. The terminal, `analyze --json` and the page show it from then on.
"""

from report.measure import Measure
from report.measures.branches import BRANCHES
from report.measures.contents import MODELS, NAME, NOTES, RECORDS, SOURCE, TASKS
from report.measures.effort import RUN
from report.measures.equal import EQUAL
from report.measures.kept_rate import KEPT_RATE, KEPT_RATE_BY_CALLS
from report.measures.questions import QUESTIONS
from report.measures.rejections import REJECTIONS
from report.measures.repeats import REPEATS
from report.measures.rouge_l import ROUGE_L
from report.measures.saturation import SATURATION
from report.measures.turns import TURNS
from report.measures.unseen import UNSEEN
from report.measures.vendi import VENDI
from report.measures.verb_noun import VERB_NOUN
from report.measures.verdicts import VERDICTS
from report.measures.words import WORDS

MEASURES: tuple[Measure, ...] = (
    NAME,
    SOURCE,
    RECORDS,
    TASKS,
    UNSEEN,
    EQUAL,
    BRANCHES,
    QUESTIONS,
    VERB_NOUN,
    VENDI,
    ROUGE_L,
    REPEATS,
    WORDS,
    TURNS,
    KEPT_RATE,
    KEPT_RATE_BY_CALLS,
    SATURATION,
    REJECTIONS,
    VERDICTS,
    MODELS,
    RUN,
    NOTES,
)
"""Every measure, in the order of the terminal, the page and `analyze --json`."""
