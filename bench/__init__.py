"""Benchmarks: one file a figure, each measured against a peer or the bare library."""
