"""WebSocket servers that send every text back: `echo.py LIBRARY PORT`, each as its library's documentation writes it."""

import asyncio
import sys


def websockets(port):
    from websockets.asyncio.server import serve

    async def echo(connection):
        async for message in connection:
            await connection.send(message)

    async def run():
        async with serve(echo, "127.0.0.1", port) as server:
            await server.serve_forever()

    asyncio.run(run())


def picows(port):
    from picows import WSListener, WSMsgType, ws_create_server

    class Echo(WSListener):
        def on_ws_frame(self, transport, frame):
            if frame.msg_type == WSMsgType.TEXT:
                transport.send(WSMsgType.TEXT, frame.get_payload_as_memoryview())

    async def run():
        server = await ws_create_server(lambda _: Echo(), "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(run())


def socketify(port):
    from socketify import App, OpCode

    def echo(socket, message, opcode):
        socket.send(message, OpCode.TEXT)

    app = App()
    app.ws("/*", {"message": echo})
    app.listen(port)
    app.run()


if __name__ == "__main__":
    {"websockets": websockets, "picows": picows, "socketify": socketify}[sys.argv[1]](int(sys.argv[2]))
