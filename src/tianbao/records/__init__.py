"""What came back: a Submission, its records with their origin, and their pandas frames.

In:   nothing; other rooms make these values.
Out:  Submission, Record, Origin, Note, Unit; `frame` for pandas.
Knows nothing of files, sheets and checks.
"""
