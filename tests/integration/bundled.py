"""Bundles of the documents that tests run."""

import pathlib
import subprocess


class Bundles:
    def __init__(self, program):
        self.program = program
        self.made = {}

    def of(self, document):
        """The bundle of a document, beside it, made when it is first asked for, and again when the document was changed. A document
        that can't be bundled stays what it is: it is refused all the same."""
        document = pathlib.Path(document)
        try:
            text = document.read_bytes()
        except OSError:
            return document
        bundle, of_text = self.made.get(document, (None, None))
        if of_text != text:
            bundle = self._make(document)
            self.made[document] = (bundle, text)
        return bundle

    def _make(self, document):
        bundle = document.with_name(document.name + ".bundle")
        done = subprocess.run([self.program, "bundle", document, "-o", bundle], capture_output=True)
        return bundle if done.returncode == 0 else document
