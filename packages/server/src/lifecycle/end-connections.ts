import type { Server } from "../routes/server-context.ts";

/**
 * Ends each connection with the answer to the request that it carries once the server is closing. Connections that are idle
 * then are closed by Node; without this, one that was busy would be kept open for a next request.
 */
export function endConnectionsOnClose(server: Server): void {
  let isClosing = false;
  server.addHook("preClose", async () => {
    isClosing = true;
  });
  server.addHook("onSend", (_request, reply, _payload, done) => {
    if (isClosing) reply.header("connection", "close");
    done();
  });
}
