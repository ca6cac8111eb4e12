"""A file on its way somewhere: on the disk for a moment, and nobody can read it there."""

import io
import os
import tempfile
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR


class Veiled(io.RawIOBase):
    """Is written from the beginning to the end, then read; the key is gone with the object."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed when this is
        self._cipher = Cipher(AES256(os.urandom(32)), CTR(os.urandom(16)))
        self._writing: CipherContext = self._cipher.encryptor()
        self._reading: CipherContext | None = None
        self._length = 0

    def writable(self) -> bool:
        return self._reading is None

    def readable(self) -> bool:
        return self._reading is not None

    def write(self, data: Any) -> int:
        self._file.write(self._writing.update(bytes(data)))
        self._length += len(data)
        return len(data)

    def read(self, size: int = -1) -> bytes:
        if self._reading is None:
            raise io.UnsupportedOperation("it is not rewound yet")
        return self._reading.update(self._file.read(size))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Only to its end, which says how long it is; and back to its beginning, to be read."""
        if (offset, whence) == (0, os.SEEK_END) and self._length:
            return self._length
        if (offset, whence) != (0, os.SEEK_SET) or not self._length:
            raise io.UnsupportedOperation("it goes from the beginning to the end")
        self._file.seek(0)
        self._reading = self._cipher.decryptor()
        return 0

    def close(self) -> None:
        self._file.close()
        super().close()
