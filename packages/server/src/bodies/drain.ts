import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";

/** How much of what is thrown away is read, and for how long, until the client is disconnected amid it. */
export interface DrainBounds {
  readonly bytes: number;
  /** Without anything arriving. */
  readonly quietMs: number;
  readonly togetherMs: number;
}

/**
 * Reads what clients go on sending after their answer, and throws it away. On a connection that is closed before, what still arrives
 * makes the system reset it, and whoever sends first and reads then, such as a proxy, loses the answer. No memory is held meanwhile.
 */
export interface Drain {
  /** Reads the rest of a body that is answered before it was read. A connection that is kept takes the next request after it. */
  readonly body: (request: FastifyRequest, reply: FastifyReply) => void;
  /** Reads on from a connection of which nothing can be understood any more, and whose last answer has been given. */
  readonly connection: (socket: Socket) => void;
  /** Whether that is under way on a connection, whose faults are then no matter for an answer. */
  readonly takesFaultOf: (socket: Socket) => boolean;
}

/**
 * Twice the largest body that is taken, so that whoever sends somewhat too much learns of it. The times are those that nginx gives
 * (`lingering_timeout`, `lingering_time`), and half of what any request has to arrive: being refused holds no connection longer.
 */
const usualBounds: DrainBounds = { bytes: 32 * 1024 * 1024, quietMs: 5000, togetherMs: 30_000 };

/** Makes the drain of one server. */
export function createDrain(bounds = usualBounds): Drain {
  const underWay = new WeakMap<Socket, Watch>();
  const begin = (socket: Socket) => {
    const watch = watchOver(socket, bounds);
    underWay.set(socket, watch);
    return watch;
  };
  return {
    body({ raw }, reply) {
      if (raw.complete || !hasBody(raw) || underWay.has(raw.socket)) return;
      // A request that a program injects has no connection.
      if (!("destroySoon" in raw.socket)) return;
      if (Number(raw.headers["content-length"]) > bounds.bytes) reply.header("connection", "close");
      readToEnd(raw, begin(raw.socket), () => underWay.delete(raw.socket));
    },
    connection(socket) {
      socket.once("close", begin(socket).end);
    },
    takesFaultOf(socket) {
      const watch = underWay.get(socket);
      if (watch === undefined) return false;
      // Amid a body the end is a fault, too.
      if (socket.readableEnded) socket.destroy();
      else watch.moveOn();
      return true;
    },
  };
}

/** Disconnects a client that passes a bound. */
interface Watch {
  /** Something has arrived. */
  readonly moveOn: () => void;
  readonly end: () => void;
}

function watchOver(socket: Socket, { bytes, quietMs, togetherMs }: DrainBounds): Watch {
  const most = socket.bytesRead + bytes;
  const disconnect = () => void socket.destroy();
  const quiet = setTimeout(disconnect, quietMs);
  const together = setTimeout(disconnect, togetherMs);
  return {
    moveOn() {
      if (socket.bytesRead > most) disconnect();
      else quiet.refresh();
    },
    end() {
      clearTimeout(quiet);
      clearTimeout(together);
    },
  };
}

/** Whether a body was announced; one of no bytes is none. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function readToEnd(request: IncomingMessage, { moveOn, end }: Watch, done: () => void): void {
  const { socket } = request;
  let isLast = false;
  // Node calls this after the last answer of a connection, and would have it closed then.
  socket.destroySoon = () => {
    isLast = true;
    socket.end();
  };
  const onEnd = () => {
    end();
    request.removeListener("data", moveOn).removeListener("end", onEnd);
    socket.removeListener("close", onEnd);
    Reflect.deleteProperty(socket, "destroySoon");
    if (isLast) socket.destroySoon();
    done();
  };
  request.on("data", moveOn).once("end", onEnd);
  socket.once("close", onEnd);
}
