"""Public money followed to the end: three identities from paired runs, never from assumptions.

outlay = windfall + additional (`acts`); gross added output = net + displaced + relocated (`output`); outlay =
what each holder has in the end (`holders`).  `audit` does the runs and puts them side by side.
"""
