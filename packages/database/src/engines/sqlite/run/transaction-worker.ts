// A thread with a connection of its own, for transactions whose values are so large that writing them holds up everything else.
import type { SQLInputValue } from "node:sqlite";
import { registerTables } from "../../../schema/registry.ts";
import { json } from "../../../schema/kit/parameters.ts";
import { serve } from "../../../threads/serve.ts";
import { JsonDocument } from "../../../validation/json/json-document.ts";
import type { InsertTarget, Query } from "../../port/engine.ts";
import { SqliteConnection } from "./connection.ts";
import { insertInStatements } from "./insert-rows.ts";

/** A statement with values that can be sent to a thread: what is stored, and documents as their text in UTF-8. */
export interface SentStatement {
  readonly query: Query;
  readonly values: readonly SentValue[];
}

export type SentValue = { readonly document: Uint8Array } | SQLInputValue;

/** Rows with such values, each with those of the target's columns in order. */
export interface SentRows {
  readonly target: InsertTarget;
  readonly rows: readonly (readonly SentValue[])[];
}

let connection: SqliteConnection | undefined;

function opened(): SqliteConnection {
  if (connection === undefined) throw new TypeError("The connection of the thread is not open.");
  return connection;
}

function received(values: readonly SentValue[]): unknown[] {
  return values.map((value) =>
    typeof value === "object" && value !== null && "document" in value
      ? json(JsonDocument.trusted(value.document))
      : value,
  );
}

serve({
  open({ location, pragmas }: { location: string; pragmas: readonly string[] }) {
    connection = new SqliteConnection(location, { pragmas, tables: registerTables() });
  },
  all: ({ query, values }: SentStatement) => opened().all(query, received(values)),
  run: ({ query, values }: SentStatement) => opened().run(query, received(values)),
  insert: ({ target, rows }: SentRows) =>
    insertInStatements(target, rows.map(received), async (query, values) => opened().run(query, values)),
  script: (sql: string) => opened().script(sql),
  control: (sql: string) => opened().control(sql),
  close() {
    const open = connection;
    connection = undefined;
    open?.close();
  },
});
