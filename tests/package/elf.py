"""Reads what the package tests ask of a 64-bit little-endian ELF file: its machine, segments, sections and needed libraries.

Layout: System V ABI, chapter 4 (ELF header, section header) and chapter 5 (program header, dynamic section).
"""
import struct
from collections import namedtuple

MACHINES = {62: "x86_64", 183: "arm64"}
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_GNU_STACK = 1, 2, 3, 0x6474E551
PF_X, PF_W = 1, 2
SHT_SYMTAB = 2
DT_NULL, DT_NEEDED = 0, 1

Segment = namedtuple("Segment", "type flags offset vaddr paddr file_bytes memory_bytes align")
Section = namedtuple("Section", "name type flags addr offset bytes link info align entry_bytes")


class Elf:
    def __init__(self, content):
        if content[:6] != b"\x7fELF\x02\x01":
            raise ValueError("not a 64-bit little-endian ELF file")
        self.content = content
        (_, machine, _, _, segments_at, sections_at, _, _, segment_bytes, segment_count, section_bytes, section_count, _) = (
            struct.unpack_from("<HHIQQQIHHHHHH", content, 16))
        self.machine = MACHINES.get(machine, f"machine {machine}")
        self.segments = [Segment(*struct.unpack_from("<IIQQQQQQ", content, segments_at + i * segment_bytes))
                         for i in range(segment_count)]
        self.sections = [Section(*struct.unpack_from("<IIQQQQIIQQ", content, sections_at + i * section_bytes))
                         for i in range(section_count)]

    def has_segment(self, kind):
        return any(segment.type == kind for segment in self.segments)

    def has_section(self, kind):
        return any(section.type == kind for section in self.sections)

    def needed_count(self):
        """How many shared libraries the file asks for (DT_NEEDED entries)."""
        count = 0
        for segment in self.segments:
            if segment.type != PT_DYNAMIC:
                continue
            for at in range(segment.offset, segment.offset + segment.file_bytes, 16):
                tag, _ = struct.unpack_from("<qQ", self.content, at)
                if tag == DT_NULL:
                    break
                count += tag == DT_NEEDED
        return count

    def writable_and_executable(self):
        """Segments that a process may both write and run: loaded ones, and the stack's declaration."""
        return [segment for segment in self.segments
                if segment.type in (PT_LOAD, PT_GNU_STACK) and segment.flags & PF_W and segment.flags & PF_X]
