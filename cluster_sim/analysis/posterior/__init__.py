"""What is known of the model's uncertain numbers: weighted draws, read from a file or made by importance sampling."""
