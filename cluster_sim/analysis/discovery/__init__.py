"""Scenario discovery: the futures in which a policy misses its aim, and what each policy gives away in them."""
