import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { quoteName } from "../../shared/ddl.ts";
import type { BulkLoad } from "../../port/stored-rows.ts";
import { CopyEncoder } from "./copy-encoder.ts";
import { translatePostgresError } from "../run/errors.ts";

/** How much may wait to be sent, in bytes. */
const highWaterMark = 1024 * 1024;

/** Writes rows through COPY. */
export async function loadRows(client: pg.PoolClient, load: BulkLoad): Promise<void> {
  const { table, intoEmptied = false } = load;
  const columns = table.columnList.map(({ name }) => quoteName(name)).join(", ");
  const statement = `COPY ${quoteName(table.name)} (${columns}) FROM STDIN (FORMAT binary, FREEZE ${intoEmptied})`;
  const stream = client.query(copyFrom(statement, { highWaterMark }));
  let refused = false;
  // Listened for from the start: the server may refuse a row long before the last one is sent.
  const finished = once(stream, "finish").catch((error: unknown) => {
    refused = true;
    throw translatePostgresError(error);
  });
  finished.catch(() => undefined);
  try {
    await sendRows(load, (chunk) => {
      // The turn of the event loop is what hands the bytes to the server, which works on them meanwhile.
      return stream.write(chunk) ? nextTurn() : Promise.race([drained(stream), finished]);
    });
    stream.end();
    await finished;
  } catch (error) {
    // The source failed, not the server: tell the server, and wait until it has given up.
    if (!refused) await abandon(stream);
    throw error;
  }
}

/** Waits until there is room again; the failure of the connection may come here before it comes anywhere else. */
async function drained(stream: ReturnType<typeof copyFrom>): Promise<void> {
  try {
    await once(stream, "drain");
  } catch (error) {
    throw translatePostgresError(error);
  }
}

type Send = (chunk: Buffer) => Promise<unknown>;

async function sendRows({ table, batches, checksum }: BulkLoad, send: Send): Promise<void> {
  const encoder = new CopyEncoder(table, checksum);
  for await (const batch of batches) {
    for (const row of batch) {
      encoder.add(row);
      if (encoder.isFull) await send(encoder.take());
    }
  }
  await send(encoder.finish());
}

async function abandon(stream: ReturnType<typeof copyFrom>): Promise<void> {
  const closed = once(stream, "close").catch(() => undefined);
  stream.destroy();
  await closed;
}
