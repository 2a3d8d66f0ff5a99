"""What the conformance tests stand on: the server process, its clients, a recording origin and raw sockets."""
