"""Backends: what is made from a model, each a function from it to text or plain values."""
