"""Broken input files by the thousand: the readers must answer each with a sentence, never with a traceback.

    python -m tests.fuzz --files 20000 --seed 1            # the long run: half an hour on two cores
    python -m tests.fuzz --files 2000 --kind city          # one kind: scenario, city, sweep, study or set
    python -m tests.fuzz --only city-1-137                 # one file again, with its traceback; --keep FOLDER writes it

Every file is a valid one of the project, changed by one to three of the ways in `mutations.py` and named by
kind, seed and number, so that what was found can be made again.  It is read in a worker process by the
reader that the commands use, with five seconds of processor time and four gigabytes.  Counted are tracebacks
(any exception but the project's own input errors), hangs, dead workers and refusals that name no file.
The status is 1 if there are any.
"""
