"""One round of collection: who must answer, and what the office has decided about single findings.

In:   the office's own lists.
Out:  the units, in the office's order; the decisions.
Knows nothing of what the units are asked.
"""
