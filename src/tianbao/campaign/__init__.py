"""One round of collection: who must answer, what they reported last year, and what the office has decided about single findings.

In:   the office's own lists, and what it has kept of last year.
Out:  the units, in the office's order; last year's reports; the decisions.
Knows nothing of what the units are asked.
"""
