"""What the generator can not describe, said to the person who asked for it."""


class Refusal(Exception):
    """The model asks for something that this generator does not write; the text says what to do instead."""
