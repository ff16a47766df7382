import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Server } from "../routes/server-context.ts";
import type { BytesInFlight } from "./bytes-in-flight.ts";
import type { Drain } from "./drain.ts";
import { ownerOf } from "./owner-of.ts";

/** Answers from this size on are sent piece by piece, as fast as they are read, and counted as in flight. */
const piecewiseFrom = 65_536;
const pieceBytes = 65_536;

/** What a client has to read in the time that it is given, or it counts as stalled. */
const leastProgress = 4 * pieceBytes;

/** What a connection has taken in, when it was last seen to move on. */
interface Progress {
  /** In milliseconds. */
  readonly since: number;
  readonly bytes: number;
}

interface Sending {
  readonly inFlight: BytesInFlight;
  readonly drain: Drain;
  /** How long a client may read next to nothing. */
  readonly stalledSeconds: number;
}

/**
 * Sends answers so that no client holds memory for long: large ones piece by piece and within the budget of bytes in flight, and
 * whoever stops reading is disconnected. What is left of a body that nobody read is read and thrown away.
 */
export function sendAnswers(server: Server, { inFlight, drain, stalledSeconds }: Sending): void {
  server.addHook("onSend", (request, reply, payload, done) => {
    drain.body(request, reply);
    if (!isLarge(payload)) return done(null, payload);
    try {
      done(null, sendPiecewise(request, reply, payload, inFlight));
    } catch (error) {
      done(error as Error);
    }
  });
  endStalled(server, stalledSeconds * 1000);
}

/** Looks at the connections rather than at each answer: most answers are gone before anybody could look. */
function endStalled(server: Server, stalledMs: number): void {
  const connections = new Map<Socket, Progress | undefined>();
  server.server.on("connection", (socket: Socket) => {
    connections.set(socket, undefined);
    socket.once("close", () => connections.delete(socket));
  });
  const look = () => {
    const now = performance.now();
    for (const [socket, last] of connections) {
      const progress = progressOf(socket, last, now);
      connections.set(socket, progress);
      if (progress === undefined || now - progress.since < stalledMs) continue;
      server.log.info({ ipAddress: socket.remoteAddress }, "a client stopped reading and was disconnected");
      socket.destroy();
    }
  };
  const timer = setInterval(look, 1000);
  timer.unref();
  server.addHook("onClose", async () => clearInterval(timer));
}

/** Undefined while nothing waits for the client to read it. */
function progressOf(socket: Socket, last: Progress | undefined, now: number): Progress | undefined {
  if (socket.writableLength === 0) return undefined;
  const bytes = socket.bytesWritten;
  return last === undefined || bytes - last.bytes >= leastProgress ? { since: now, bytes } : last;
}

function isLarge(payload: unknown): payload is string | Buffer {
  return (typeof payload === "string" || Buffer.isBuffer(payload)) && payload.length >= piecewiseFrom;
}

function sendPiecewise(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: string | Buffer,
  inFlight: BytesInFlight,
): Readable {
  const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
  const holding = inFlight.hold(ownerOf(request));
  holding.grow(bytes.length);
  reply.raw.once("close", holding.release);
  reply.header("content-length", bytes.length);
  return Readable.from(piecesOf(bytes), { objectMode: false, highWaterMark: pieceBytes });
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
