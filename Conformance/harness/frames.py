"""WebSocket's frames as bytes (RFC 6455 section 5.2), for either side of a connection."""

import os
import struct
from dataclasses import dataclass

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@dataclass
class Frame:
    final: bool
    reserved: int
    opcode: int
    masked: bool
    payload: bytes


def frame_bytes(opcode, payload=b"", final=True, masked=False):
    payload = payload.encode() if isinstance(payload, str) else payload
    head = bytes([(0x80 if final else 0) | opcode])
    mark = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([mark | len(payload)])
    elif len(payload) < 65_536:
        head += bytes([mark | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([mark | 127]) + struct.pack(">Q", len(payload))
    if masked:
        mask = os.urandom(4)
        payload = mask + unmasked(payload, mask)
    return head + payload


def read_frame(connection):
    """The next frame of a `wire.Connection`, its payload unmasked."""
    first, second = connection.take(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack(">H", connection.take(2))
    elif length == 127:
        (length,) = struct.unpack(">Q", connection.take(8))
    is_masked = bool(second & 0x80)
    mask = connection.take(4) if is_masked else None
    payload = connection.take(length)
    return Frame(
        bool(first & 0x80), first & 0x70, first & 0x0F, is_masked, unmasked(payload, mask) if mask else payload)


def close_payload(code, reason=""):
    return b"" if code is None else struct.pack(">H", code) + reason.encode()


def unmasked(payload, mask):
    return bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
