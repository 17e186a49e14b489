"""The best mix of instruments under a budget, with several aims at once, checked on seeds that the search never saw."""
