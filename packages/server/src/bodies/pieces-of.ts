import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { HttpError } from "../errors/index.ts";

/** How slow a client may be whose body is taken in piece by piece. */
export interface LeastPace {
  /** So many bytes have to arrive, or all that are left, in so many milliseconds of waiting for them. */
  readonly bytes: number;
  readonly ms: number;
}

/** Two KiB in a second: whoever sends less holds what others wait for. */
const usualPace: LeastPace = { bytes: 64 * 1024, ms: 30_000 };

/**
 * Gives a body piece by piece, as fast as the pieces are taken: what is not taken yet stays with the client. Whoever stops early leaves the
 * rest to be thrown away (`drain.ts`).
 *
 * @throws {HttpError} REQUEST_TIMEOUT when it arrives too slowly, or the client goes away amid the body
 */
export async function* piecesOf(body: IncomingMessage, pace = usualPace): AsyncGenerator<Buffer> {
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
  let [arrived, waitedMs] = [0, 0];
  try {
    for (;;) {
      const piece = waiting.shift();
      if (piece !== undefined) {
        arrived += piece.length;
        if (arrived >= pace.bytes) [arrived, waitedMs] = [0, 0];
        yield piece;
      } else if (hasEnded) return;
      else if (isOver.signal.aborted || body.destroyed) throw new HttpError("REQUEST_TIMEOUT");
      else {
        const since = performance.now();
        const signal = AbortSignal.any([
          isOver.signal,
          AbortSignal.timeout(Math.max(0, Math.ceil(pace.ms - waitedMs))),
        ]);
        const next = once(body, "data", { signal }).then(
          () => true,
          () => isOver.signal.aborted,
        );
        body.resume();
        if (!(await next)) throw new HttpError("REQUEST_TIMEOUT");
        waitedMs += performance.now() - since;
      }
    }
  } finally {
    body.removeListener("data", onData).removeListener("end", onEnd).removeListener("close", onClose);
    body.removeListener("error", onClose);
    if (!hasEnded) body.resume();
  }
}
