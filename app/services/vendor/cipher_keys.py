"""The key that seals vendor credentials."""

import os
from pathlib import Path

from pydantic import SecretStr

from app.services.vendor_credentials_cipher import new_cipher_key

KEY_FILE = "vendor-cipher-key"


def keep_cipher_key(data_dir: Path) -> SecretStr:
    """Return the key kept in `data_dir`, made now when it is missing.

    Only the owner of the file can read it. It is for development: the settings see to it that
    production has keys of its own.
    """
    path = data_dir / KEY_FILE
    if not path.exists():
        _make_key(path)
    return SecretStr(path.read_text().strip())


def _make_key(path: Path) -> None:
    """Create the file whole: of several processes that start at once the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(new_cipher_key() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
