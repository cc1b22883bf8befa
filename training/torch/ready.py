"""A training made ready: the base model found, its data as tokens, what it will take known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from errors import InputError
from training.examples import Example
from training.hyperparameters import Hyperparameters
from training.torch.bases import described, with_weights
from training.torch.fitting import Fitted, Job, Progress, fit
from training.torch.loading import context_of, load_config, load_tokenizer
from training.torch.plan import Plan, plan_for, shape_of, step_seconds
from training.torch.tokens import Tokens, tokens_of
from words import several


@dataclass(frozen=True, slots=True)
class Ready:
    """All that is known before a training starts; `seconds` is None where they are not reckoned.

    `steps_taken` say in sentences what became of the examples.
    """

    told: Hyperparameters
    folder: Path
    data: Sequence[Tokens]
    plan: Plan
    steps: int
    seconds: float | None
    steps_taken: Sequence[str] = field(default=())

    @property
    def tokens(self) -> int:
        """The tokens of all examples."""
        return sum(len(tokens.ids) for tokens in self.data)

    def fit(self, out: Path, progress: Progress, stop: Callable[[], bool]) -> Fitted:
        """Train, and write the model into the folder `out`."""
        base = with_weights(self.told.base, self.folder)
        return fit(Job(base, self.data, self.told, self.plan, out), progress, stop)


def ready(told: Hyperparameters, examples: Sequence[Example], tell: Callable[[str], None]) -> Ready:
    """Return the training, ready to start.

    Raises InputError for a base model that cannot be trained, for examples without room for an
    answer, and for too little memory.
    """
    folder = described(told.base, tell)
    tokenizer, shape = load_tokenizer(folder), shape_of(folder)
    longest = min(told.max_length, context_of(load_config(folder)))
    data, taken = _fitting([tokens_of(tokenizer, e) for e in examples], longest)
    for sentence in taken:
        tell(sentence)
    plan = plan_for(shape, told, [len(tokens.ids) for tokens in data])
    steps = told.max_steps or told.epochs * -(-len(data) // told.batch_size)
    seconds = None
    if plan.device == "cpu":
        mean = sum(len(tokens.ids) for tokens in data) / len(data)
        a_step = min(told.batch_size, len(data))
        seconds = steps * step_seconds(shape, told, plan, mean * a_step)
    return Ready(told, folder, data, plan, steps, seconds, taken)


def _fitting(data: Sequence[Tokens], longest: int) -> tuple[list[Tokens], list[str]]:
    """Return the examples cut to the longest allowed, and what was cut or left out."""
    kept = [tokens.cut(longest) for tokens in data if tokens.start < longest]
    if not kept:
        raise InputError(
            f"no example has room for its answer in {longest} tokens: give a larger --max-length"
        )
    left, cut = len(data) - len(kept), sum(len(tokens.ids) > longest for tokens in data)
    taken = []
    if left:
        taken.append(
            f"{several(left, 'example')} left out: no room for an answer in {longest} tokens."
        )
    if cut - left:
        taken.append(f"{several(cut - left, 'example')} cut off at {longest} tokens.")
    return kept, taken
