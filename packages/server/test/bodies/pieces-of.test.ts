import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { piecesOf } from "../../src/bodies/pieces-of.ts";

const pace = { bytes: 100, ms: 60 };

/** A body of so many pieces, of which one arrives every so many milliseconds. */
function bodyOf(pieces: number, { bytes, everyMs }: { bytes: number; everyMs: number }): IncomingMessage {
  const arriving = async function* () {
    for (let count = 0; count < pieces; count += 1) {
      await sleep(everyMs);
      yield Buffer.alloc(bytes, "x");
    }
  };
  return Readable.from(arriving(), { objectMode: false }) as IncomingMessage;
}

async function lengthOf(body: IncomingMessage, eachTakesMs = 0): Promise<number> {
  let length = 0;
  for await (const piece of piecesOf(body, pace)) {
    length += piece.length;
    if (eachTakesMs > 0) await sleep(eachTakesMs);
  }
  return length;
}

describe("A body that is taken in piece by piece", () => {
  test("attack: that never stands still, but hardly moves on, is given up", async () => {
    const body = bodyOf(1000, { bytes: 1, everyMs: 5 });
    await expect(lengthOf(body)).rejects.toMatchObject({ code: "REQUEST_TIMEOUT" });
    body.destroy();
  });

  test("attack: that stands still is given up, and so is one that ends amid itself", async () => {
    const still = bodyOf(2, { bytes: 50, everyMs: 200 });
    await expect(lengthOf(still)).rejects.toMatchObject({ code: "REQUEST_TIMEOUT" });
    still.destroy();
    const gone = bodyOf(1000, { bytes: 50, everyMs: 5 });
    const length = lengthOf(gone);
    setTimeout(() => gone.destroy(), 20);
    await expect(length).rejects.toMatchObject({ code: "REQUEST_TIMEOUT" });
  });

  test("is taken whole at any greater pace, and at that of a server that is slow itself", async () => {
    expect(await lengthOf(bodyOf(12, { bytes: 100, everyMs: 10 }))).toBe(1200);
    expect(await lengthOf(bodyOf(5, { bytes: 10, everyMs: 0 }), 30)).toBe(50);
    expect(await lengthOf(bodyOf(0, { bytes: 10, everyMs: 0 }))).toBe(0);
  });
});
