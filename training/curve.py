"""The loss of each step: a line of JSON each, and all of them as a picture.

The picture is one SVG file without a script, so that a model card can show it anywhere.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, isfinite, log10
from pathlib import Path
from typing import Any

LOSS = "loss.jsonl"
PICTURE = "loss.svg"
KEYS = ("step", "epoch", "loss", "learning_rate", "grad_norm")
"""What a line says of its step. No times: the same training writes the same bytes."""

Step = Mapping[str, Any]

_WIDTH, _HEIGHT = 720, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 40, 44
_SMOOTH, _FEWEST = 20, 5
"""The thick line is the mean of a twentieth of the steps, of five at least."""


def line_of(logged: Step) -> str:
    """Return the line of a step."""
    told = {key: logged[key] for key in KEYS if key in logged}
    return (
        json.dumps({key: value if isfinite(value) else None for key, value in told.items()}) + "\n"
    )


def read_curve(path: Path) -> list[dict[str, Any]]:
    """Return the steps that a file of losses holds."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def picture(steps: Sequence[Step]) -> str:
    """Return the loss against the steps as SVG: each step thin, their running mean thick."""
    points = [(int(step["step"]), float(step["loss"])) for step in steps]
    marks = _marks([loss for _, loss in points])
    low, high, last = marks[0], marks[-1], max(step for step, _ in points)

    def x(step: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / last

    def y(loss: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - loss) / (high - low)

    parts = [
        *(_level(y(mark), f"{mark:g}") for mark in marks),
        *(_foot(x(step), f"{step:,}") for step in _steps(last)),
        _line(((x(s), y(v)) for s, v in points), "#9db8d9", 1),
        _line(((x(s), y(v)) for s, v in _means(points)), "#1f5fa8", 2.5),
        _text(_WIDTH / 2, _HEIGHT - 8, "step", "middle"),
        _text(_LEFT, 24, "training loss (nats a token of the answers)", "start"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13" fill="#333">\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _means(points: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    width = max(len(points) // _SMOOTH, min(_FEWEST, len(points)))
    means = []
    for place, (step, _) in enumerate(points):
        window = [loss for _, loss in points[max(0, place - width + 1) : place + 1]]
        means.append((step, sum(window) / len(window)))
    return means


def _marks(values: Sequence[float]) -> list[float]:
    """Return round numbers that enclose the values, some five of them."""
    low, high = min(values), max(values)
    span = max(high - low, 0.01 * abs(high), 1e-6)
    power = 10.0 ** floor(log10(span / 4))
    size = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor * 4 >= span)
    first = floor(low / size)
    count = max(ceil(high / size) - first, 1)
    return [round((first + n) * size, 10) for n in range(count + 1)]


def _steps(last: int) -> list[int]:
    return sorted({round(last * share / 4) for share in range(5)})


def _level(y: float, text: str) -> str:
    rule = f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#e3e3e3"/>'
    return rule + _text(_LEFT - 8, y + 4, text, "end")


def _foot(x: float, text: str) -> str:
    return _text(x, _HEIGHT - _BOTTOM + 18, text, "middle")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _line(points: Iterable[tuple[float, float]], colour: str, width: float) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
