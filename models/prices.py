"""The price of a call, from the price lists in genai-prices (no network)."""

from collections.abc import Sequence

from models.providers.table import provider_of

USUAL_CALL = (900, 350)
"""Tokens of the prompt and of the answer of a usual call."""

USUAL_VERDICT = (600, 150)
"""Tokens of the prompt and of the answer of a usual call to a judge."""


def cost_usd(
    model: str, prompt_tokens: int, completion_tokens: int, base_url: str | None = None
) -> float | None:
    """Return the price in US dollars of these tokens of PROVIDER:NAME, or None if it is unknown.

    At a base URL it is the price of the company that serves there. The embedded model is free.
    Discounts for cached prompts are left out.
    """
    provider, _, name = model.partition(":")
    facts = provider_of(provider)
    if facts.in_process:
        return 0.0
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - takes close to a second

    usage = Usage(input_tokens=prompt_tokens, output_tokens=completion_tokens)
    try:
        if base_url is not None:
            return float(calc_price(usage, name, provider_api_url=base_url).total_price)
        price_list = facts.price_list or provider
        return float(calc_price(usage, name, provider_id=price_list).total_price)
    except LookupError:
        return None


Asked = tuple[float, str, str | None]
"""The weight of a model's share of the tokens, its PROVIDER:NAME, and its base URL."""


def tokens_for(usd: float, asked: Sequence[Asked]) -> int | None:
    """Return how many tokens of usual calls these dollars pay; None where no price limits them."""
    prices = [(weight, cost_usd(model, *USUAL_CALL, url)) for weight, model, url in asked]
    price = sum(weight * (each or 0.0) for weight, each in prices)
    whole = sum(weight for weight, _ in prices)
    return int(sum(USUAL_CALL) * usd * whole / price) if price else None
