"""The life of many complaints in one process: the real core and consumers, a store in memory, and a clock that jumps.

`python -m tests.simulation --count 100000 --seed 1` ends with a table of invariants and how often each was broken.
"""
