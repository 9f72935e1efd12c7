"""The command line: read the arguments, call one function, print.

    arguments ──main──▶ one module a command ──▶ the room below that does the work ──▶ stdout, exit status

In:   what a person typed.
Out:  data to stdout, everything else to stderr, and an exit status: 0 done · 1 something must be mended · 2 usage ·
      3 a file, folder or definition could not be used · 130 interrupted.
Knows nothing of how anything is done. A command's module is imported when that command is called, and imports its room
inside the function, so that `tianbao --help` waits for nothing.
"""
