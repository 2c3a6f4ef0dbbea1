"""AWS on your machine: Lambda and EC2 Image Builder on loopback, for the demo and the tests."""

from .emulator import Emulator, start

__all__ = ["Emulator", "start"]
