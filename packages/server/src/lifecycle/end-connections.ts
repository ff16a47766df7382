import type { Socket } from "node:net";
import type { Server } from "../routes/server-context.ts";

/**
 * Ends each connection with the answer to the request that it carries once the server is closing. Connections that are idle
 * then are closed by Node; without this, one that was busy would be kept open for a next request, and one on which nothing was ever asked,
 * as browsers open them in advance, would be waited for.
 */
export function endConnectionsOnClose(server: Server): void {
  let isClosing = false;
  const connections = new Set<Socket>();
  server.server.on("connection", (socket: Socket) => {
    if (isClosing) return void socket.destroy();
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  server.addHook("preClose", async () => {
    isClosing = true;
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  });
  server.addHook("onSend", (_request, reply, _payload, done) => {
    if (isClosing) reply.header("connection", "close");
    done();
  });
  server.addHook("onResponse", (_request, _reply, done) => {
    // An answer that began before could not say so.
    if (isClosing) setImmediate(() => server.server.closeIdleConnections());
    done();
  });
}
