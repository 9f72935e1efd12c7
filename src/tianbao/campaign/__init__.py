"""One round of collection: who must answer.

In:   the office's own list of units.
Out:  the units, in the office's order.
Knows nothing of what they are asked.
"""
