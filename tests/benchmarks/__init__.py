"""Benchmarks: what the program reaches, beside the physical limit measured in the same run.

Each module here has `run()`, which returns rows: what, value and unit; limit, the limit or floor it is held
against, as text or in the same unit; ratio, where the goal is one; goal; ok.
"""
