"""Suggestions in the window: the model that makes them, where they are shown, and what a person makes of them."""
