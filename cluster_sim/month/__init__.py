"""One month of the model: every event that `ClusterModel.EVENTS` names, by the steps of docs/odd.md.

    policy.py          1, dated rules take effect, budgets are voted; events.py: what history or a what-if brings
    outside.py         what comes in from elsewhere: wages, tools, markets, pandemics
    population.py      2, careers, graduates; studying.py: enrolment; moves.py: who comes, settles, and is counted
    finance.py         3, funds call capital, screen, invest, sell and write off
    hiring.py          4, vacancies, applications, matches; wages.py: what a studio offers, raises, market wages
    rivals.py          5, the nation's other cities and what clients let us win; prices.py: what is asked
    commissioning.py   5, contracts won; greenlight.py: own projects planned and decided
    subcontracting.py, partner_search.py, ties.py    5, who works with whom, at what distance and cost
    production.py      6, capacity, costs paid, work delivered, projects made
    release.py         7, premieres, audiences, receipts, partners paid and credited
    knowledge.py       8, know-how, shared templates, talk about hits
    property.py        9, density, rents, new floor, studios that move
    ladder.py          10, the list of promising studios; births.py: studios founded and closed
    accounts.py        11, surplus, taxes, households, GDP, the identities
    observe.py         12, the month's indicators, tables of titles, credits, cells; yearbook.py: studios' years
"""
