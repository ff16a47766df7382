import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Server } from "../routes/server-context.ts";
import type { BytesInFlight } from "./bytes-in-flight.ts";
import { ownerOf } from "./owner-of.ts";

/** Answers from this size on are sent piece by piece, as fast as they are read, and counted as in flight. */
const piecewiseFrom = 65_536;
const pieceBytes = 65_536;

/** What a client has to read in the time that it is given, or it counts as stalled. */
const leastProgress = 4 * pieceBytes;

/** An answer that has not been handed to the system whole. */
interface Unread {
  /** When it last moved on, in milliseconds. */
  readonly since: number;
  /** What the connection had sent by then. */
  readonly sent: number;
}

/**
 * Sends answers so that no client holds memory for long: large ones piece by piece and within the budget of bytes in flight, and
 * whoever stops reading is disconnected.
 *
 * @param options `stalledSeconds`: how long a client may read next to nothing
 */
export function sendAnswers(
  server: Server,
  inFlight: BytesInFlight,
  { stalledSeconds }: { stalledSeconds: number },
): void {
  const unread = new Map<ServerResponse, Unread>();
  server.addHook("onSend", (request, reply, payload, done) => {
    unread.set(reply.raw, { since: performance.now(), sent: reply.raw.socket?.bytesWritten ?? 0 });
    if (!isLarge(payload)) return done(null, payload);
    try {
      done(null, sendPiecewise(request, reply, payload, inFlight));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addHook("onResponse", (_request, reply, done) => {
    unread.delete(reply.raw);
    done();
  });
  const timer = setInterval(() => endStalled(unread, stalledSeconds * 1000, server), 1000);
  timer.unref();
  server.addHook("onClose", async () => clearInterval(timer));
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

function endStalled(unread: Map<ServerResponse, Unread>, stalledMs: number, { log }: Server): void {
  const now = performance.now();
  for (const [response, state] of unread) {
    const { socket } = response;
    if (response.writableFinished || socket === null || socket.destroyed) {
      unread.delete(response);
      continue;
    }
    if (socket.bytesWritten - state.sent >= leastProgress) {
      unread.set(response, { since: now, sent: socket.bytesWritten });
      continue;
    }
    if (now - state.since < stalledMs) continue;
    log.info({ ipAddress: socket.remoteAddress }, "a client stopped reading and was disconnected");
    socket.destroy();
    unread.delete(response);
  }
}
