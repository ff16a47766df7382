import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { quoteName } from "../../shared/ddl.ts";
import type { InsertTarget } from "../../port/engine.ts";
import { translatePostgresError } from "../run/errors.ts";
import { encodeValue } from "../run/values.ts";

/** Size from which text is sent, in characters. */
const chunkLength = 65_536;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const escaped = /[\\\n\r\t]/;

/** Writes a value in COPY's text format. See https://www.postgresql.org/docs/15/sql-copy.html */
function copyValue(value: unknown): string {
  const encoded = encodeValue(value);
  if (encoded === null) return "\\N";
  const text = `${encoded as string | number | boolean}`;
  return escaped.test(text) ? text.replaceAll(/[\\\n\r\t]/g, (character) => escapes[character] ?? character) : text;
}

function* copyText(rows: readonly (readonly unknown[])[]): Generator<string> {
  let text = "";
  for (const row of rows) {
    text += `${row.map(copyValue).join("\t")}\n`;
    if (text.length < chunkLength) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/** Inserts rows by COPY, on the connection of a transaction. */
export async function copyRows(
  client: pg.PoolClient,
  { table, columns }: InsertTarget,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const sql = `COPY ${quoteName(table)} (${columns.map(quoteName).join(", ")}) FROM STDIN`;
  try {
    await pipeline(Readable.from(copyText(rows)), client.query(copyFrom(sql)));
  } catch (error) {
    throw translatePostgresError(error);
  }
}
