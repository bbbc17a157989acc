"""Runs a command in a new terminal. Copies what it prints to standard output, and types what comes on standard input; when
that ends, closes the terminal. Ends with the exit code of the command. Usage: terminal.py COLUMNS ROWS COMMAND ..."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

columns, rows, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))
while True:
    ready = select.select([terminal, 0], [], [])[0]
    if terminal in ready:
        try:
            os.write(1, os.read(terminal, 65536))
        except OSError:  # The last process has left the terminal, or standard output is closed.
            break
    if 0 in ready:
        typed = os.read(0, 65536)
        if not typed:
            break
        os.write(terminal, typed)
os.close(terminal)
_, status = os.waitpid(child, 0)
sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
