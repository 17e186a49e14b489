"""Files that people write: read strictly, every fault with its place and all at once.

Scenarios, cities, sweeps and studies are read with the same four pieces: `yaml_reader` and `csv_reader` turn a
file into nodes that know their places, `shapes` says with pydantic what keys may hold, `validation` holds nodes
against a shape and words what is wrong, `errors` collects the faults and prints them.
"""
