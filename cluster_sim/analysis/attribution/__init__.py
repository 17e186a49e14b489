"""What each instrument contributes: by leaving it out, and by its Shapley value over the instruments in force."""
