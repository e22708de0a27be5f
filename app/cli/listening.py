"""Taking a port, or saying in one line why not."""

import socket

from app.cli.errors import CommandError


def listen(host: str, port: int, *, setting: str) -> socket.socket:
    """Return a socket bound to the address, for a server to listen on.

    Raises CommandError that names the setting by which another port can be chosen.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise CommandError(
            f"Cannot listen on {host} port {port} ({error.strerror}); set {setting} to a free port"
        ) from error
    listening.set_inheritable(True)
    return listening
