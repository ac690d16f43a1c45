"""The frame of the window: its actions, bars and docks, and `Shell`, with which features work."""
