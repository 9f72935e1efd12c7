"""What people read: the county workbook, the manual of all codes, and later the correction workbook, Word and HTML.

In:   a Merged, findings, submissions.
Out:  files for people.
Knows nothing of mailboxes and of the campaign's folder.
"""
