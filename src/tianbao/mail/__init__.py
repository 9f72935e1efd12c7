"""Mail, out and in: text to message, message to server, and what a mailbox holds.

    letter ──compose──▶ bytes of a mail ──outbox──▶ SMTP        IMAP ──inbox──▶ bytes of a mail ──incoming──▶ what it is

In:   letters and attachments; an account and its password; mails as they came.
Out:  mails, and what the server said to each; mails from a mailbox that is only read; who answers what in them.
Knows nothing of campaigns: who is sent what, and what is written down of it, is decided above.
"""
