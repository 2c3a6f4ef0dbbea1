"""Certificates for the HTTPS listeners, made with the `openssl` command line in a temporary folder.

`ca` signed what the listeners show; `other_ca` signed nothing, so a client that trusts only that one must refuse. The
second certificate carries another host name, so a client that checks names must refuse it under the right CA too.
"""

import pathlib
import shutil
import ssl
import subprocess
import tempfile

GOOD_NAMES = "IP:127.0.0.1,DNS:localhost"
WRONG_NAMES = "DNS:imagebuilder.wrong.invalid"


class Certificates:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="emulator-tls-"))
        try:
            self.ca = self._authority("ca")
            self.other_ca = self._authority("other-ca")
            self.good = self._context("good", GOOD_NAMES)
            self.wrong_host = self._context("wrong-host", WRONG_NAMES)
        except BaseException:
            self.remove()
            raise

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def _authority(self, name):
        self._openssl("req", "-x509", *self._new_key(name), "-out", f"{name}.pem", "-days", "2", "-subj",
                      f"/CN=Emulator {name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        return str(self.folder / f"{name}.pem")

    def _context(self, name, names):
        self._openssl("req", *self._new_key(name), "-out", f"{name}.csr", "-subj", "/CN=emulator")
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                      "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context

    @staticmethod
    def _new_key(name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key"]

    def _openssl(self, *arguments):
        try:
            done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, timeout=30)
        except FileNotFoundError:
            raise RuntimeError("TLS listeners need the `openssl` command: install the package openssl") from None
        if done.returncode:
            raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.strip()}")
