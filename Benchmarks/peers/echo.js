// Node's `ws` as its documentation writes an echo: `node echo.js PORT`.
const { WebSocketServer } = require("ws");

new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]) }).on("connection", (socket) => {
  socket.on("message", (data) => socket.send(data, { binary: false }));
});
