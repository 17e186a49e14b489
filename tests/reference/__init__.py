"""The central rules once more, one agent at a time: plain Mesa objects, written from the equations.

The kernels of `cluster_sim.month` sweep over tables; here a worker, a studio and a work of a studio act as
objects, so that a reader can follow one of them and a test can hold the kernels against them
(tests/test_reference.py).  benchmarks/bench_mesa.py measures what the tables save.

    city.py      ReferenceCity: copies the state of a model; a month of these rules
    people.py    Worker: career, application, wage
    studios.py   Studio: vacancies, hiring, partners, production
    works.py     Work: premiere and months in the market
    luck.py      the keyed draws of the model, or dice
    nation.py    the outside cities, in whole people (tests/test_nation_reference.py)
"""
