"""A form as an Excel file, and back.

    Form ──layout──▶ places ──write, stamp──▶ .xlsx ──(person)──▶ file ──guard──▶ package ──locate, identify──▶ values ──read──▶ Submission

In:   a form and a unit; later whatever comes back.
Out:  a locked workbook; later a Submission, read or refused with a reason.
Knows nothing of checks over many submissions, of merging and of mail.
"""
