import { createHash } from "node:crypto";
import type { EngineName } from "../engines/port/engine.ts";

/** A numbered, immutable change of the schema. */
export interface Migration {
  /** Four digits. */
  readonly version: string;
  readonly description: string;
  /** What is run, for each engine. */
  readonly up: Readonly<Record<EngineName, string>>;
  /** What undoes it, for each engine. */
  readonly down: Readonly<Record<EngineName, string>>;
}

/** Digests the text of a migration, so that a later edit is noticed. */
export function digestScript(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}
