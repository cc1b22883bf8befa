"""Loads what every run loads, so that processes forked from here begin at once."""

import langchain_openai  # noqa: F401
from langchain_community.vectorstores import FAISS  # noqa: F401

from models.embeddings import embeddings
from report.parsers import open_parser

embeddings().embed_query("warm")
open_parser()
