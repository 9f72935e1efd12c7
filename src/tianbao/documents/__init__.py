"""Published reports of earlier years → the same records as a workbook gives.

    docx ─word─┐
    html ─page─┼─▶ paragraphs and tables ─recognise─▶ form, unit, year ─▶ answers, texts ─▶ Submission
    txt ─plain─┘

In:   a report as it was published: of either layout, retyped, pasted, with broken heads and run-on digits.
Out:  a submission; what cannot be read is told with its cell, and never guessed. A bad file is a value here too.
Knows nothing of checks. A published report names its unit and gives no code: the name stands in the place of the code.
"""

from tianbao.documents.read import read_document, read_published

__all__ = ["read_document", "read_published"]
