"""What names mean: what a resolver sees and answers, and the links made of its answers."""
