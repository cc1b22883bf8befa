"""All that needs torch: a model fitted to data, its answers, and its loss. Imported late."""

import os

for _name, _value in {
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # without it a GPU's sums vary
    "CUDA_VISIBLE_DEVICES": "0",  # TRL takes one GPU a process
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
}.items():  # the libraries read them when they are imported
    os.environ.setdefault(_name, _value)
