"""What a person wrote, and how we answer."""
