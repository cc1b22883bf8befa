"""Final answers of mathematics: whether one can be read, two are equal, several agree.

math-verify reads and compares them, in workers: a text can keep it busy for hours.
"""
