"""`kill -9` at random moments of every command that writes: the same command goes on to the same bytes.

    python -m tests.kill --moments 50                              # the long run: every command, hours on two cores
    python -m tests.kill --moments 50 --command run --command export
    python -m tests.kill --only run-1-7                            # one moment again, and what is not the same

A moment is named by command, seed and number.  The command is started in a fresh folder; its whole process group
is killed (SIGKILL) at a random time, or just before a random one of its operations on files below the results
folder; of a file that it opens for writing nothing but the empty file is then there.  Files that are not whole
under their final name are counted.  In every fourth moment the second start is killed as well.  Then the same
command is started once more and must end with status 0, with the same results to the byte as one that nobody
disturbed, and with no other files: drafts and claims of those killed are gone.

Not compared: the log, the lock file, times in the manifest and the seconds of a run.  A part's checksums may be
missing: a part without them is held against those of its pages.  Every start is forked from this process, which has
loaded the program already, so that moments fall into its work and not into its imports; one moment in ten has two
worker processes, the others none; figures are drawn coarsely.  The status is 1 if anything was not the same or not
whole.
"""
