import { z } from "zod";
import { type Caller, systemCaller } from "../access/caller.ts";
import { requireProof } from "../access/require-proof.ts";
import type { PermissionName } from "../access/role-matrix.ts";
import { logAudit } from "./log-audit.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { parseInput } from "../validation/input.ts";
import { changeConfined, readConfined } from "./confined.ts";
import { type AuditSubject, auditEntryOf, type Changed } from "./changed.ts";

/** What may be known of an operation besides its work: routes, commands, documents and suites are made from it. */
export interface Description {
  /** `changing` writes, in one transaction with its row of the audit log; `reading` never does. */
  readonly kind: "changing" | "reading";
  /** What it does, in a line. */
  readonly summary: string;
  /** The line of the role matrix that allows it. */
  readonly permission: PermissionName;
  /** Whether it takes a fresh sign-in. */
  readonly fresh: boolean;
  /** Whether a replica may answer. */
  readonly mayLag: boolean;
  /** The fields that it takes, by name, as schemas of zod. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What it answers, as a schema of zod. */
  readonly output: unknown;
}

/** A function of the library that also knows what it is. */
export interface Operation<Input, Output> {
  (db: Handle, ...rest: Rest<Input>): Promise<Output>;
  readonly description: Description;
}

/** An input of which nothing is required may be left out. */
type Rest<Input> = object extends Input
  ? [input?: Input | undefined, caller?: Caller | undefined]
  : [input: Input, caller?: Caller | undefined];

/** Any operation, as what is made of its description sees it. */
export interface AnyOperation {
  (db: Handle, input: never, caller?: Caller): Promise<unknown>;
  readonly description: Description;
}

interface Common<Fields extends z.ZodRawShape, Output> {
  readonly summary: string;
  readonly permission: PermissionName;
  /** What it takes; each field says by itself what it may be. */
  readonly input: Fields;
  /** What it answers. */
  readonly output: z.ZodType<Output>;
}

type Given<Fields extends z.ZodRawShape> = z.input<z.ZodObject<Fields>>;
type Parsed<Fields extends z.ZodRawShape> = z.output<z.ZodObject<Fields>>;

/** An operation that only reads. */
export interface Reading<Fields extends z.ZodRawShape, Output> extends Common<Fields, Output> {
  /** Whether a replica may answer, a little late. */
  readonly mayLag?: true;
  readonly run: (db: Handle, input: Parsed<Fields>, caller: Caller) => Promise<Output>;
}

/** An operation that changes something. */
export interface Changing<Fields extends z.ZodRawShape, Output, Prepared = undefined> extends Common<Fields, Output> {
  /**
   * It takes a fresh sign-in, and no API key can call it. So does everything that gives somebody rights: a role, a company, an
   * address to sign in with, a chosen password, a key, an account that was out of use.
   */
  readonly fresh?: true;
  /**
   * Whether what it writes is so large that writing it would hold up the event loop: SQLite then writes on a thread. What it
   * reads and writes in the transaction are NERVE's own tables.
   */
  readonly large?: (input: Parsed<Fields>, prepared: Prepared) => boolean;
  /** What takes its time and must not hold the transaction, such as hashing a password; `run` is given what it returns. */
  readonly prepare?: (db: Handle, input: Parsed<Fields>, caller: Caller) => Promise<Prepared>;
  readonly run: (
    tx: Transaction,
    input: Parsed<Fields>,
    caller: Caller,
    prepared: Prepared,
  ) => Promise<Changed<Output>>;
  /** What follows in transactions of its own, since in one it would hold up others; it gives the answer. */
  readonly afterwards?: (db: Handle, answer: Output, input: Parsed<Fields>, caller: Caller) => Promise<Output>;
}

/** Defines an operation that only reads. */
export function reading<Fields extends z.ZodRawShape, Output>(
  definition: Reading<Fields, Output>,
): Operation<{ [Name in keyof Given<Fields>]: Given<Fields>[Name] }, Output> {
  const { summary, permission, input: fields, output, mayLag = false } = definition;
  const schema = z.strictObject(fields);
  const call = async (db: Handle, input: Given<Fields> = {} as never, caller = systemCaller) => {
    const parsed = parseInput(schema, input);
    return readConfined(db, caller, (handle) => definition.run(handle, parsed, caller));
  };
  const description = { kind: "reading" as const, summary, permission, fresh: false, mayLag, fields, output };
  return Object.assign(call, { description }) as never;
}

/**
 * Defines an operation that changes something: in one transaction with the row of the audit log that tells of it, or not at
 * all. What it returns says which: `changed` or `unchanged`.
 */
export function changing<Fields extends z.ZodRawShape, Output, Prepared = undefined>(
  definition: Changing<Fields, Output, Prepared>,
): Operation<{ [Name in keyof Given<Fields>]: Given<Fields>[Name] }, Output> {
  const { summary, permission, input: fields, output, fresh = false } = definition;
  const schema = z.strictObject(fields);
  const call = async (db: Handle, input: Given<Fields> = {} as never, caller = systemCaller) => {
    if (fresh) requireProof(caller);
    const parsed = parseInput(schema, input) as Parsed<Fields>;
    const prepared = (await definition.prepare?.(db, parsed, caller)) as Prepared;
    const work = async (tx: Transaction) => finish(tx, await definition.run(tx, parsed, caller, prepared), caller);
    const large = definition.large?.(parsed, prepared) ?? false;
    const answer = await changeConfined(db, caller, work, { large });
    return definition.afterwards === undefined ? answer : definition.afterwards(db, answer, parsed, caller);
  };
  const description = { kind: "changing" as const, summary, permission, fresh, mayLag: false, fields, output };
  return Object.assign(call, { description }) as never;
}

/** Writes the audit row of a change, and hands out what the operation answers. */
async function finish<Output>(tx: Transaction, { output, audit }: Changed<Output>, caller: Caller): Promise<Output> {
  if (audit !== null) await logAudit(tx, auditEntryOf(audit, output, caller));
  return output;
}

export type { AuditSubject };
