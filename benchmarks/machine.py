"""What was measured on, and how much memory this process takes."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("langgraph", "langgraph-checkpoint-sqlite", "langchain-openai", "openai", "aiohttp")


def machine() -> dict[str, str]:
    """Say what was measured on, and with what."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
    return {
        "processor": model or platform.processor(),
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def reset_peak() -> None:
    """Let the kernel count this process's peak memory anew."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def memory_mb(name: str) -> float:
    """Return VmRSS (memory now) or VmHWM (its peak) of this process, in MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024
