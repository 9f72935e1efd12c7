"""Many submissions → one: exact sums, who is counted and who is not, and where each number came from.

    submissions ──choose──▶ those that count, and why the others do not ──merge──▶ Merged: totals, sources, details

In:   submissions, and the roster of those expected.
Out:  totals by cell key. What the form declares additive is summed, what it computes is computed anew on the sums.
Knows nothing of files and workbooks: the merged workbook is written in `reports`.
"""
