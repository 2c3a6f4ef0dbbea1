"""Makes keys and certificates in a folder, by the openssl command.

As a program (`certificates.py FOLDER`) it makes what the transport with authorities of its own is built and tested with:
FOLDER/certdata.txt, a list in the form of Mozilla's, and servers' certificates of authorities in it and out of it.
"""

import pathlib
import subprocess
import sys

CA_CONFIGURATION = """[ca]
default_ca = here
[here]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
FOR_LOOPBACK = "IP:127.0.0.1,DNS:localhost"


class Certificates:
    """Each certificate NAME is NAME.pem, and its key NAME.key."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, check=False, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode())
        return done.stdout

    def authority(self, name, subject=None, key=None, days="2"):
        """Signed by itself; with the name `subject`, and the key of the certificate `key`."""
        keys = ("-key", f"{key}.key") if key else (*KEY, "-keyout", f"{name}.key")
        self.openssl("req", "-x509", *keys, "-subj", f"/CN={subject or name}", "-days", days, "-out", f"{name}.pem")

    def _request(self, name, names):
        self.openssl("req", *KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr",
                     "-addext", f"subjectAltName={names}")

    def server(self, name, by, names=FOR_LOOPBACK, days="2", key=None, extensions=""):
        """Signed by the authority `by`, whose key is that of `key`."""
        self._request(name, names)
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={names}\n{extensions}\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem", "-CAkey", f"{key or by}.key",
                     "-CAcreateserial", "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.pem")

    def server_between(self, name, by, start, end):
        """The same, valid from `start` to `end` (YYYYMMDDHHMMSSZ)."""
        self._request(name, FOR_LOOPBACK)
        (self.folder / "ca.conf").write_text(CA_CONFIGURATION)
        (self.folder / "index.txt").write_text("")
        (self.folder / "serial").write_text("0A\n")
        self.openssl("ca", "-batch", "-config", "ca.conf", "-cert", f"{by}.pem", "-keyfile", f"{by}.key", "-in",
                     f"{name}.csr", "-startdate", start, "-enddate", end, "-notext", "-out", f"{name}.pem")

    def append(self, name, *others):
        """Puts the certificates `others` behind that of `name`, as a server sends its chain."""
        with open(self.folder / f"{name}.pem", "a", encoding="ascii") as file:
            for other in others:
                file.write((self.folder / f"{other}.pem").read_text())

    def der(self, name):
        return self.openssl("x509", "-in", f"{name}.pem", "-outform", "DER")


def octal(attribute, value):
    lines = ["".join(f"\\{byte:03o}" for byte in value[at:at + 16]) for at in range(0, len(value), 16)]
    return "\n".join([f"{attribute} MULTILINE_OCTAL", *lines, "END"])


def listed(label, number, der, trust):
    """A certificate and its trust object; issuer and serial number only have to tell certificates apart."""
    identity = [f'CKA_LABEL UTF8 "{label}"', octal("CKA_ISSUER", label.encode()),
                octal("CKA_SERIAL_NUMBER", bytes([2, 1, number]))]
    return "\n".join(["", "CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE", *identity, octal("CKA_VALUE", der), "",
                      "CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST", *identity, f"CKA_TRUST_SERVER_AUTH CK_TRUST {trust}",
                      ""])


def certdata(certificates, trusted, others):
    text = "# a list of authorities\nBEGINDATA\n"
    for number, (name, trust) in enumerate([(name, "CKT_NSS_TRUSTED_DELEGATOR") for name in trusted] +
                                           [(name, trust) for name, trust in others.items()]):
        text += listed(name, number, certificates.der(name), trust)
    return text


def make_listed(folder):
    """Authorities and servers; every server is called like the authority that signed its certificate, plus "-server"."""
    made = Certificates(folder)
    for name, subject in (("plain", None), ("other", None), ("twin-1", "twin"), ("twin-2", "twin"), ("above", None),
                          ("stranger", None), ("distrusted", None), ("email", None), ("case", "Case Of Letters")):
        made.authority(name, subject, days="36500")
        made.server(f"{name}-server", name, days="36500")
    made.authority("case-written", "case  of LETTERS", key="case", days="36500")
    made.server("case-written-server", "case-written", days="36500", key="case")
    made.server("between", "above", days="36500", extensions="basicConstraints=critical,CA:TRUE")
    made.server("between-server", "between", days="36500")
    made.append("between-server", "between")
    text = certdata(made, ["plain", "other", "twin-1", "twin-2", "above", "case"],
                    {"distrusted": "CKT_NSS_NOT_TRUSTED", "email": "CKT_NSS_MUST_VERIFY_TRUST"})
    (made.folder / "certdata.txt").write_text(text)


if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    make_listed(sys.argv[1])
