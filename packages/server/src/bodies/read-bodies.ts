import type { IncomingMessage, ServerResponse } from "node:http";
import { type AnyOperation, input } from "@nerve/database";
import type { FastifyContextConfig, FastifyRequest } from "fastify";
import { HttpError } from "../errors/index.ts";
import type { Server } from "../routes/server-context.ts";
import type { BytesInFlight, Holding } from "./bytes-in-flight.ts";
import { ownerOf } from "./owner-of.ts";

/** Most bytes of a body from somebody who is not signed in: passwords, links and codes are short. */
export const anonymousBodyLimit = 16 * 1024;
/** Most bytes of any other body, unless its route says more; larger ones are read on a thread. */
export const bodyLimit = input.readOnThreadFrom;

/** How long a body may take to arrive. */
const bodyTimeoutMs = 60_000;

type Documents = input.ReadJsonOptions["documents"];

/**
 * Reads bodies: JSON within the bounds of `readJson`, its bytes counted as in flight while they arrive and until the answer has
 * been sent. A route that anybody may call takes a few KiB. Whoever asks before sending one (`Expect: 100-continue`) is told to go
 * on only now, when nothing that the head shows refuses it.
 */
export function readBodies(server: Server, { inFlight, goOn }: Bodies): void {
  const holdings = new WeakMap<FastifyRequest, Holding>();
  const documents = new WeakMap<AnyOperation, Documents>();

  server.addHook("onRoute", (route) => {
    if (route.config?.access === "anybody") route.bodyLimit ??= anonymousBodyLimit;
  });
  server.addHook("onResponse", (request, _reply, done) => {
    holdings.get(request)?.release();
    done();
  });
  server.removeContentTypeParser(["application/json", "text/plain"]);
  server.addContentTypeParser("application/json", async (request: FastifyRequest, payload: IncomingMessage) => {
    const limit = request.routeOptions.bodyLimit;
    if (Number(payload.headers["content-length"]) > limit) throw new HttpError("PAYLOAD_TOO_LARGE");
    const owner = ownerOf(request);
    const holding = inFlight.hold(owner);
    holdings.set(request, holding);
    payload.socket.once("close", holding.release);
    goOn(payload);
    try {
      const bytes = await collect(payload, limit, holding);
      return await input.readJson(bytes, { documents: documentsOf(request.routeOptions.config, documents), owner });
    } finally {
      payload.socket.removeListener("close", holding.release);
      if (payload.socket.destroyed) holding.release();
    }
  });
}

/** What takes in bodies. */
export interface Bodies {
  readonly inFlight: BytesInFlight;
  /** Tells a client that waits for it (`Expect: 100-continue`) to send its body. */
  readonly goOn: (request: IncomingMessage) => void;
}

/** Keeps Node from asking for every body before anybody has looked at its head; the function that is given does it. */
export function holdBackContinue(server: Server): Bodies["goOn"] {
  const waiting = new WeakMap<IncomingMessage, ServerResponse>();
  server.server.on("checkContinue", (request, response) => {
    waiting.set(request, response);
    server.server.emit("request", request, response);
  });
  return (request) => waiting.get(request)?.writeContinue();
}

/** Gathers a body; large ones in memory that is shared with threads. */
function collect(payload: IncomingMessage, limit: number, holding: Holding): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (settle: () => void) => {
      payload.removeListener("data", onData).removeListener("end", onEnd).removeListener("close", onClose);
      payload.removeListener("error", reject);
      clearTimeout(timer);
      settle();
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      try {
        if (length > limit) throw new HttpError("PAYLOAD_TOO_LARGE");
        holding.grow(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        const refusal = error as Error;
        end(() => reject(refusal));
      }
    };
    const onEnd = () => end(() => resolve(joined(chunks, length)));
    const onClose = () => end(() => reject(new HttpError("REQUEST_TIMEOUT")));
    const timer = setTimeout(onClose, bodyTimeoutMs);
    payload.on("data", onData).on("end", onEnd).on("close", onClose).on("error", reject);
  });
}

function joined(chunks: readonly Buffer[], length: number): Uint8Array {
  const [only] = chunks;
  // Parsed before the next turn of the event loop, in which the socket may fill this memory anew.
  if (only !== undefined && chunks.length === 1 && length < input.readOnThreadFrom) return only;
  const shared = length < input.readOnThreadFrom ? new ArrayBuffer(length) : new SharedArrayBuffer(length);
  const whole = new Uint8Array(shared);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/** The members of the body that may be large documents. */
function documentsOf({ operation }: FastifyContextConfig, known: WeakMap<AnyOperation, Documents>): Documents {
  if (operation === undefined) return {};
  const found = known.get(operation);
  if (found !== undefined) return found;
  const fields = Object.entries(operation.description.fields);
  const options = fields.map(([name, field]) => [name, input.jsonDocumentOptions(field)] as const);
  const documents = Object.fromEntries(options.filter(([, option]) => option !== undefined)) as NonNullable<Documents>;
  known.set(operation, documents);
  return documents;
}
