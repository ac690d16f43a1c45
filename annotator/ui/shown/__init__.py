"""What is open and what of it is shown: session, frame, picture, labels to draw with; knows no part of the window."""
