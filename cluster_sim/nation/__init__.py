"""The nation's other cities, each a small aggregate city: jobs, wages, prices, people, know-how, luck.

They are a reduced form of the agent city, which stands in row 0 of every array and is given its part of the
nation's demand by `month.step` (called in cluster_sim/month/rivals.py).  Rest is the zero point: what moves a city
is a named difference.

    parameters.yaml  every number with its bounds, plausible range and source; parameters.py reads it
    state.py         what is fixed (Rest), what changes (State), what comes from outside, what our city tells
    layout.py        a ring of equal cities, or the cities of a file, with the attractions that make a rest
    month.py         one month: step
    people.py        who moves where, and the identity of people
    labour.py        vacancies, matching, offers
    prices.py        productivity, own cost, pass-through
    demand.py        luck, the clients' logit, links, order books
    rest.py          burn-in, settling, gaps at the start
    returns.py       the loop gain B and the linear answer of the whole nation
    impulse.py       answers to demand, cost and people, and the fit of the free speeds
"""
