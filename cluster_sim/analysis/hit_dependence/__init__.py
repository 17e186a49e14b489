"""Was it a lucky hit, or an engine?  What growth rests on, and whether the pipeline refills."""
