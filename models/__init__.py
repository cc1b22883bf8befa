"""The models that are asked: providers, the embedded ones, their prices."""
