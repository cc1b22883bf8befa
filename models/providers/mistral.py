"""Mistral AI."""

from models.providers.langchain import open_langchain
from models.providers.provider import Provider
from models.request import Traits

MISTRAL = Provider(
    open=open_langchain, traits=Traits(fields={"seed": "random_seed"}), price_list="mistral"
)
