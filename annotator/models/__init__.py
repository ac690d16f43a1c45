"""Models: packages of weights, the runtimes that compute them, and what makes proposals of their numbers.

Pictures in, plain values out: nothing here knows a project or a window.
"""
