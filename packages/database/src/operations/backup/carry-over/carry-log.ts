import { anyTable } from "../../../database/any-table.ts";
import { fetchAll, runQuery, statement } from "../../../database/statement.ts";
import { auditLogs } from "../../../schema/core.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { json } from "../../../schema/kit/parameters.ts";
import { securityEvents } from "../../../schema/security.ts";
import { columnsOf, isSameTime, readPairs, type RowPair, type StoredProperties } from "./both-states.ts";
import type { Carriage, KnownIds } from "./carry-accounts.ts";

/** Whom the rows may name in the restored state. */
export interface Known {
  readonly users: KnownIds;
  readonly companies: KnownIds;
}

/** A table that only grows, and by what its rows are told apart beside their ids and times. */
interface Log {
  readonly table: TableDefinition;
  readonly word: string;
  /** Writes down who it was whom the restored state does not know. */
  readonly naming: (row: StoredProperties, email: string) => Readonly<Record<string, unknown>>;
}

const audit: Log = {
  table: auditLogs,
  word: "action",
  naming: ({ metadataJson: metadata }, formerUser) => ({
    metadataJson: isDocument(metadata) ? { ...metadata, formerUser } : { metadata, formerUser },
  }),
};

const events: Log = {
  table: securityEvents,
  word: "eventType",
  naming: (row, email) => ({ email: row["email"] ?? email }),
};

function isDocument(value: unknown): value is Readonly<Record<string, unknown>> | null {
  return value === null || (typeof value === "object" && !Array.isArray(value));
}

const findEmail = statement((sql, p: { id: number }) => sql.selectFrom("users").select("email").where("id", "=", p.id));

/** Appends the rows of the audit log that the backup lacks; how many they were. */
export function carryAudit(states: Carriage, known: Known): Promise<number> {
  return carryLog(states, known, audit);
}

/** Appends the security events that the backup lacks; how many they were. */
export function carryEvents(states: Carriage, known: Known): Promise<number> {
  return carryLog(states, known, events);
}

async function carryLog(states: Carriage, known: Known, log: Log): Promise<number> {
  const { table, word } = log;
  const isMissing = ({ now, past }: RowPair) =>
    past === null || now[word] !== past[word] || !isSameTime(now["createdAt"], past["createdAt"]);
  let appended = 0;
  for await (const pairs of readPairs(states, table, columnsOf(table, ["id", "createdAt", word]))) {
    const missing = pairs.filter(isMissing);
    const kept = missing.filter(({ past }) => past === null).map(({ now }) => now.id);
    // After an older restore a number may have been given out again: such rows get new ones.
    const taken = missing.filter(({ past }) => past !== null).map(({ now }) => now.id);
    await append(states, known, { log, ids: kept, keepIds: true });
    await append(states, known, { log, ids: taken, keepIds: false });
    appended += missing.length;
  }
  return appended;
}

interface Appending {
  readonly log: Log;
  readonly ids: readonly number[];
  readonly keepIds: boolean;
}

async function append({ replaced, restored }: Carriage, known: Known, { log, ids, keepIds }: Appending): Promise<void> {
  if (ids.length === 0) return;
  const { table } = log;
  const names = table.columnList.map(({ name }) => name);
  const query = anyTable(replaced).selectFrom(table.name).select(names).where("id", "in", ids).orderBy("id");
  const rows = (await fetchAll(replaced, query)) as unknown as StoredProperties[];
  const columns = table.columnList.filter(({ name }) => keepIds || name !== "id");
  const values: Record<string, unknown>[] = [];
  for (const row of rows) {
    const fitted = await fit(replaced, row, { log, known });
    const stored = columns.map(({ name, property, kind }) => {
      const value = fitted[property] ?? null;
      return [name, kind === "json" && value !== null ? json(value) : value];
    });
    values.push(Object.fromEntries(stored) as Record<string, unknown>);
  }
  await runQuery(restored, anyTable(restored).insertInto(table.name).values(values));
  await restored.connection.dialect.continueIds(restored.executor, table);
}

interface Fitting {
  readonly log: Log;
  readonly known: Known;
}

/** A row as the restored state can hold it: it refers to nobody whom that does not know, and says who it was. */
async function fit(
  replaced: Carriage["replaced"],
  row: StoredProperties,
  { log, known }: Fitting,
): Promise<Readonly<Record<string, unknown>>> {
  const fitted: Record<string, unknown> = { ...row };
  for (const { property, reference } of log.table.columnList) {
    const id = row[property];
    const ids = reference?.table.name === "users" ? known.users : known.companies;
    if (reference !== undefined && typeof id === "number" && !ids.has(id)) fitted[property] = null;
  }
  const userId = row["userId"];
  if (typeof userId !== "number" || known.users.has(userId)) return fitted;
  const user = await findEmail.first(replaced, { id: userId });
  return user === null ? fitted : { ...fitted, ...log.naming(row, user.email) };
}
