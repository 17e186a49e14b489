"""Analysis of runs: what turns results into evidence."""
