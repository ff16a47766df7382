import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { HttpError } from "../errors/index.ts";

/** How long nothing may arrive of a body that is taken in piece by piece. */
const quietMs = 30_000;

/**
 * Gives a body piece by piece, as fast as the pieces are taken: what is not taken yet stays with the client. Whoever stops early leaves the
 * rest to be thrown away (`drain.ts`).
 *
 * @throws {HttpError} REQUEST_TIMEOUT when nothing arrives for 30 seconds, or the client goes away amid the body
 */
export async function* piecesOf(body: IncomingMessage): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = [];
  const isOver = new AbortController();
  const onData = (piece: Buffer) => {
    waiting.push(piece);
    body.pause();
  };
  let hasEnded = body.readableEnded;
  const onEnd = () => {
    hasEnded = true;
    isOver.abort();
  };
  const onClose = () => isOver.abort();
  body.on("data", onData).once("end", onEnd).once("close", onClose).once("error", onClose);
  try {
    for (;;) {
      const piece = waiting.shift();
      if (piece !== undefined) yield piece;
      else if (hasEnded) return;
      else if (isOver.signal.aborted || body.destroyed) throw new HttpError("REQUEST_TIMEOUT");
      else {
        const signal = AbortSignal.any([isOver.signal, AbortSignal.timeout(quietMs)]);
        const next = once(body, "data", { signal }).then(
          () => true,
          () => isOver.signal.aborted,
        );
        body.resume();
        if (!(await next)) throw new HttpError("REQUEST_TIMEOUT");
      }
    }
  } finally {
    body.removeListener("data", onData).removeListener("end", onEnd).removeListener("close", onClose);
    body.removeListener("error", onClose);
    if (!hasEnded) body.resume();
  }
}
