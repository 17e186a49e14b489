"""Broken input files by the thousand: the readers must answer each with a sentence, never with a traceback.

    python -m tests.fuzz --files 20000 --seed 1            # the long run: half an hour on two cores
    python -m tests.fuzz --files 2000 --kind city          # one kind: scenario, city, sweep, study or set
    python -m tests.fuzz --only city-1-137                 # one file again, with its traceback; --keep FOLDER writes it

Every file is a valid one of the project, changed by one to three of the ways in `mutations.py` and named by
kind, seed and number, so that what was found can be made again.  In a worker process
the command that reads it is given, up to its first run, with five seconds of processor time and four gigabytes.
Counted are tracebacks, hangs, dead workers, exit statuses other than 0 and 2, and refusals (2) in which a fault
has no file, line and column.  The status is 1 if there are any.
"""
