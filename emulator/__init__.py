"""AWS on your machine: Lambda, EC2 Image Builder and EventBridge Scheduler on loopback, for the demo and the tests."""

from .emulator import Emulator, start

__all__ = ["Emulator", "start"]
