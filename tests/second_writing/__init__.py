"""The aggregate city and its labour market written a second time, from the text of the model alone.

The author of these files had read what the model must do (each outside city is a small city with jobs, wage,
labour supply, capacity and price; labour is a finite stock; wages come from offers; the world starts at rest) and
the names and numbers of the parameter files, but none of the code of `cluster_sim.nation`.  Where the text leaves a
form open, the simplest one stands here and says so.  One city, one segment, one client at a time; no NumPy.
tests/test_second_writing.py runs both from the same start and compares their paths.

    labour.py    LabourMarket: people of one city, matching, offers
    nation.py    City and Nation: clients, orders, prices, work; the national market they share
    formula.py   the long run worked out by hand: B = 1 + gamma - theta + (sigma + 1) kappa (eps - gamma)
"""
