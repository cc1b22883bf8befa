"""Chat models and embedding models: their providers, their prices, what their errors mean."""
