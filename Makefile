# Every target does its own set-up in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

PORT ?= 2024
DOMAIN ?= rewriting
MAX_CALLS ?= 60

.PHONY: bench-filter bench-orchestration bench-served check-demo compare crash demo serve test test-slow check lock clean

demo: $(VENV)/.local  ## explore `rewriting` with the embedded model: a tree and its records
	rm -rf runs/demo
	$(BIN)/explore-instruct run rewriting --model embedded --out runs/demo \
		--depth 2 --breadth 3,2 --per-task 2
	$(BIN)/explore-instruct tree runs/demo

serve: $(VENV)/.serve  ## serve the graph on 127.0.0.1:$(PORT), for Studio, the SDK and curl
	LANGGRAPH_CLI_NO_ANALYTICS=1 LANGGRAPH_NO_VERSION_CHECK=true \
		LANGSMITH_TRACING=$${LANGSMITH_TRACING:-false} \
		$(BIN)/langgraph dev --no-browser --no-reload --port $(PORT) --n-jobs-per-worker 8

test: $(VENV)/.dev  ## the tests, but for the slow ones; downloads no model
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(VENV)/.dev  ## the slow tests: killed runs, real servers, a real browser
	$(BIN)/python -m pytest -m slow

crash: $(VENV)/.dev  ## the kill test, 200 times (some six minutes)
	KILL_TRIALS=200 $(BIN)/python -m pytest tests/graph/test_crash.py

check-demo: $(VENV)/.dev  ## what must hold of the demo's tree, records and rejections
	$(BIN)/python -m tests.demo runs/demo

compare: $(if $(MODEL)$(BASE_URL),,$(VENV)/.local) $(VENV)/.dev  ## explore beside self-instruct, as many calls each; MODEL and BASE_URL name another model
	rm -rf runs/compare
	$(BIN)/python -m benchmarks.compare --max-calls $(MAX_CALLS) --domain $(DOMAIN) \
		$(if $(MODEL),--model $(MODEL)) $(if $(BASE_URL),--base-url $(BASE_URL))

bench-filter: $(VENV)/.benchmark  ## the filter beside its alternatives, on ../shared/data
	$(BIN)/python -m benchmarks.filter

bench-orchestration: $(VENV)/.dev  ## the graph beside a bare asyncio loop, on the simulated endpoint
	$(BIN)/python -m benchmarks.orchestration

bench-served: $(VENV)/.dev  ## the server on a run of 2,000 tasks: memory, history, routes
	$(BIN)/python -m benchmarks.served

check: $(VENV)/.dev  ## lint, formatting, types, import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/lint-imports

lock: $(VENV)/.dev  ## compile the locks anew from pyproject.toml
	$(BIN)/python locks/compile.py

clean:  ## remove what the targets made
	rm -rf $(VENV) runs build *.egg-info

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.%: locks/%.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r $<
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@
