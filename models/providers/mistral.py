"""Mistral AI."""

from functools import partial

from models.providers.langchain import open_langchain
from models.providers.provider import Provider
from models.request import Traits

MISTRAL = Provider(
    open=partial(open_langchain, key_variable="MISTRAL_API_KEY"),
    traits=Traits(fields={"seed": "random_seed"}),
    price_list="mistral",
)
