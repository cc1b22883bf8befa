"""The loss curve: its lines and its picture."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from training.curve import line_of, picture, read_curve


def test_lines_hold_no_times(tmp_path: Path) -> None:
    logged = {"step": 1, "loss": 2.5, "grad_norm": 1.0, "learning_rate": 0.1, "train_runtime": 3.0}
    (tmp_path / "loss.jsonl").write_text(line_of(logged) + line_of(logged | {"step": 2}))
    first, second = read_curve(tmp_path / "loss.jsonl")
    assert first == {key: logged[key] for key in ("step", "loss", "learning_rate", "grad_norm")}
    assert second["step"] == 2


@pytest.mark.parametrize(
    "losses",
    [
        [3.0, 2.5, 2.2, 2.4, 2.0],
        [1.5],
        [0.0, 0.0],
        [2e-7, 1e-7],
        [float(n % 7) for n in range(3000)],
    ],
)
def test_the_picture_holds_every_step_within_its_frame(losses: list[float]) -> None:
    text = picture([{"step": n, "loss": loss} for n, loss in enumerate(losses, start=1)])
    root = ET.fromstring(text)  # noqa: S314 - our own
    thin, thick = (
        [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        for line in root.iter("{http://www.w3.org/2000/svg}polyline")
    )
    assert len(thin) == len(thick) == len(losses)
    assert all(50 <= x <= 720 and 30 <= y <= 330 for x, y in (*thin, *thick))
    assert thin.index(min(thin, key=lambda at: at[1])) == losses.index(max(losses))
