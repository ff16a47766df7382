import { z } from "zod";
import { type Caller, systemCaller } from "../access/caller.ts";
import { requireProof } from "../access/require-proof.ts";
import type { PermissionName } from "../access/role-matrix.ts";
import { logAudit } from "../audit/log-audit.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { transaction } from "../database/transaction.ts";
import { parseInput } from "../validation/input.ts";
import { type AuditSubject, auditEntryOf, type Changed } from "./changed.ts";

/** What may be known of an operation besides its work: routes, commands, documents and suites are made from it. */
export interface Description {
  /** `changing` writes, in one transaction with its row of the audit log; `reading` never does. */
  readonly kind: "changing" | "reading";
  /** What it does, in a line. */
  readonly summary: string;
  /** The line of the role matrix that allows it. */
  readonly permission: PermissionName;
  /** Whether it always gives somebody rights, and so takes a fresh sign-in. */
  readonly givesRights: boolean;
  /** Whether a replica may answer. */
  readonly mayLag: boolean;
  /** The fields that it takes, by name, as schemas of zod. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What it answers, as a schema of zod. */
  readonly output: unknown;
}

/** A function of the library that also knows what it is. */
export interface Operation<Input, Output> {
  (db: Handle, input: Input, caller?: Caller): Promise<Output>;
  readonly description: Description;
}

/** Any operation. */
export type AnyOperation = Operation<never, unknown>;

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
export interface Changing<Fields extends z.ZodRawShape, Output> extends Common<Fields, Output> {
  /**
   * It gives somebody rights: a role, a company, an address to sign in with, a chosen password, a key, an account that was out of
   * use. Whoever calls it has just proved who they are.
   */
  readonly givesRights?: true;
  /**
   * What takes its time and must not hold the transaction, such as hashing a password: done before, its result is handed to
   * `run`.
   */
  readonly run: (tx: Transaction, input: Parsed<Fields>, caller: Caller) => Promise<Changed<Output>>;
}

/** Defines an operation that only reads. */
export function reading<Fields extends z.ZodRawShape, Output>(
  definition: Reading<Fields, Output>,
): Operation<{ [Name in keyof Given<Fields>]: Given<Fields>[Name] }, Output> {
  const { summary, permission, input: fields, output, mayLag = false } = definition;
  const schema = z.strictObject(fields);
  const call = async (db: Handle, input: Given<Fields>, caller = systemCaller) =>
    definition.run(db, parseInput(schema, input) as Parsed<Fields>, caller);
  const description = { kind: "reading" as const, summary, permission, givesRights: false, mayLag, fields, output };
  return Object.assign(call, { description }) as never;
}

/**
 * Defines an operation that changes something: in one transaction with the row of the audit log that tells of it, or not at
 * all. What it returns says which: `changed` or `unchanged`.
 */
export function changing<Fields extends z.ZodRawShape, Output>(
  definition: Changing<Fields, Output>,
): Operation<{ [Name in keyof Given<Fields>]: Given<Fields>[Name] }, Output> {
  const { summary, permission, input: fields, output, givesRights = false } = definition;
  const schema = z.strictObject(fields);
  const call = async (db: Handle, input: Given<Fields>, caller = systemCaller) => {
    if (givesRights) requireProof(caller);
    const parsed = parseInput(schema, input) as Parsed<Fields>;
    return transaction(db, async (tx) => finish(tx, await definition.run(tx, parsed, caller), caller));
  };
  const description = { kind: "changing" as const, summary, permission, givesRights, mayLag: false, fields, output };
  return Object.assign(call, { description }) as never;
}

/** Writes the audit row of a change, and hands out what the operation answers. */
async function finish<Output>(tx: Transaction, { output, audit }: Changed<Output>, caller: Caller): Promise<Output> {
  if (audit !== null) await logAudit(tx, auditEntryOf(audit, output, caller));
  return output;
}

export type { AuditSubject };
