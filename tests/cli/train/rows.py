"""Records to train on, and how that is quick."""

ROWS = [
    {"instruction": f"Say {n} times.", "output": f"{n} it is. " * (1 + n % 3), "model": "m"}
    for n in range(12)
]
FAST = ("--method", "full", "--batch-size", 4, "--learning-rate", 3e-3)
