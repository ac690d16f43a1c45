"""The demo project: pictures drawn by the program itself, with labels, annotations, and a few mistakes to find."""
