"""An OpenAI-compatible endpoint with a hidden taxonomy: the ground truth for runs without a model.

    with simulator(Options(latency_s=0.05, faults={"429": 0.1})) as server:
        ...  # server.url is the base URL; server.counts() says what happened so far

python -m simulator --port 8080 --latency-s 1 --fault 429=0.1

What it answers follows from the request's messages and seed alone; which call a fault strikes
follows from the simulator's seed, the request, and how often that request was asked before.
"""

from simulator.options import Options
from simulator.process import Simulator, simulator

__all__ = ["Options", "Simulator", "simulator"]
