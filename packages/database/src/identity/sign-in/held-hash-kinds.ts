import { type Expression, expressionBuilder, sql as raw, type SqlBool } from "kysely";
import { hashKindOf } from "../../cryptography/index.ts";
import { currentHashKind } from "../../cryptography/password-hash.ts";
import { minute } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import type { Schema } from "../../schema/tables.ts";

/** How long what was found is believed. Old kinds come with an import, and go one by one as people sign in. */
const keptFor = 10 * minute;

/** Kinds that are hidden, the most frequent first. An older system has one or two; what holds more may be made to cost hours. */
const mostKinds = 8;

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** What a hash says of its kind: all of an Argon2id hash but salt and key at its end, and the beginning of others. */
const beginning = raw`case when password_hash like '$argon2id$%'
  then rtrim(rtrim(rtrim(password_hash, ${raw.lit(base64)}), '$'), ${raw.lit(base64)})
  else substr(password_hash, 1, 7) end`;

/** Whether an account that somebody may sign in to one day has a hash of an older kind, or one that nothing can read. */
function hasOlderHash(): Expression<SqlBool> {
  const user = expressionBuilder<Schema, "users">();
  return user.and([
    user("users.deleted_at", "is", null),
    user("users.password_hash", "not like", `${currentHashKind}$%`),
  ]);
}

/** One hash of each older kind, and of each that nothing can read. */
const findOlder = statement((sql) =>
  sql
    .selectFrom("users")
    .select((eb) => eb.fn.min<string>("password_hash").as("sample"))
    .where(hasOlderHash())
    .groupBy([beginning, raw`length(password_hash)`])
    .orderBy((eb) => eb.fn.countAll(), "desc")
    .limit(100),
);

const countOlder = statement((sql) =>
  sql
    .selectFrom("users")
    .select((eb) => eb.fn.countAll<number>().as("accounts"))
    .where(hasOlderHash()),
);

interface Found {
  readonly at: Date;
  readonly kinds: Promise<Set<string>>;
}

/** By engine: the handles of one database share it. */
const found = new WeakMap<object, Found>();

async function readKinds(db: Handle): Promise<Set<string>> {
  const older = (await findOlder.all(db, {})).flatMap(({ sample }) => hashKindOf(sample ?? "") ?? []);
  const kinds = new Set([currentHashKind, ...older]);
  return new Set([...kinds].slice(0, mostKinds));
}

/**
 * Finds which kinds of hash the accounts have, today's always among them. Looked up at most every ten minutes, for it reads all
 * accounts; a kind that is met meanwhile is added.
 *
 * @param met the kind of the hash that was just checked; null for none
 */
export async function findHashKinds(db: Handle, met: string | null): Promise<ReadonlySet<string>> {
  const now = db.clock.now();
  const known = found.get(db.connection);
  const isFresh = known !== undefined && Math.abs(now.getTime() - known.at.getTime()) < keptFor;
  const current = isFresh ? known : { at: now, kinds: readKinds(db) };
  found.set(db.connection, current);
  try {
    const kinds = await current.kinds;
    if (met !== null && kinds.size < mostKinds) kinds.add(met);
    return kinds;
  } catch (error) {
    if (found.get(db.connection) === current) found.delete(db.connection);
    throw error;
  }
}

/** Looks the kinds up anew at the next refusal: the last account of one may have gone. */
export function forgetHashKinds(db: Handle): void {
  found.delete(db.connection);
}

/**
 * Counts the accounts whose password hash is of an older kind (bcrypt, PBKDF2, Argon2id of another cost) or unreadable, deleted ones
 * apart. The next sign-in to each replaces it. All accounts are read for it.
 *
 * @param db the database, or an open transaction
 * @returns how many there are
 * @throws {DatabaseConnectionError} CONNECTION_FAILED, TIMEOUT
 * @example
 * const accounts = await countOlderHashes(db);
 * if (accounts > 0) console.log(`${accounts} have not signed in since the import.`);
 */
export async function countOlderHashes(db: Handle): Promise<number> {
  return (await countOlder.one(db, {})).accounts;
}
