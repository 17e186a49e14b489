"""The city in its first month: places, markets, people, studios and funds made from a scenario."""
