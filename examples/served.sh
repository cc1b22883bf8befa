#!/usr/bin/env bash
# Drives the served graph with curl: start, stream, review, resume, fork, download. (make serve)
#   examples/served.sh [FOLDER]
# EXPLORE_URL names another server, EXPLORE_API_KEY the key to it. Python takes fields out of JSON.
set -euo pipefail

url=${EXPLORE_URL:-http://127.0.0.1:2024}
folder=${1:-.}

ask() { # METHOD PATH [JSON]
  curl --silent --show-error --fail-with-body --no-buffer --request "$1" "$url$2" \
    --header "x-api-key: ${EXPLORE_API_KEY:-}" --header "content-type: application/json" \
    ${3:+--data "$3"}
}
field() { python3 -c "import json, sys; it = json.load(sys.stdin); print($1)"; }

thread=$(ask POST /threads '{}' | field "it['thread_id']")
echo "thread $thread: exploring"

# Start, and stream the events (docs/events.md) until the graph stops for a review.
ask POST "/threads/$thread/runs/stream" '{
  "assistant_id": "explore",
  "input": {"domain": "rewriting"},
  "context": {"depth": 2, "breadth": [3, 2], "per_task": 2, "review": "tasks"},
  "stream_mode": ["custom"]
}' | sed -n 's/^data: //p'

# What is asked, and the tree with its ids.
ask GET "/threads/$thread/state" |
  field "'\n'.join(it['interrupts'][0]['value']['outline'])"

# Answer with edits, and wait for the end.
ask POST "/threads/$thread/runs/wait" '{
  "assistant_id": "explore",
  "command": {"resume": [
    {"rename": "t1", "name": "Change how a message sounds"},
    {"prune": "t2"},
    {"add": "Turn notes into minutes", "below": "t0"},
    {"ban": "Translate a text"}
  ]}
}' | field "it['counts']"
ask GET "/explorations/$thread/dataset.jsonl" > "$folder/first.jsonl"

# Fork: from the checkpoint before the review, with more subtasks for every task.
middle=$(ask GET "/threads/$thread/history?limit=1000" |
  field "next(s for s in it if s['next'] == ['review'])['parent_checkpoint']['checkpoint_id']")
ask POST "/threads/$thread/runs/wait" '{
  "assistant_id": "explore",
  "input": null,
  "checkpoint_id": "'"$middle"'",
  "context": {"breadth": [4, 2], "review": "off"}
}' | field "it['counts']"
ask GET "/explorations/$thread/dataset.jsonl" > "$folder/forked.jsonl"
ask GET "/explorations/$thread/rejected.jsonl" > "$folder/rejected.jsonl"
wc -l "$folder"/{first,forked,rejected}.jsonl
