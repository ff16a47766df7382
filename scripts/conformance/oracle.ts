import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DecisionAction } from "../../packages/database/src/surface/deciding/transitions.ts";

/** What is expected of a file or of a step: the keys that are given, and no others. */
export type Expectation = Readonly<Record<string, unknown>>;

export interface OracleFile {
  readonly path: string;
  readonly sha256: string;
  /** Null where no format should be sure. */
  readonly format: string | null;
  readonly expect: Expectation;
}

/** A step of a sequence; what it does is told by the keys that it has. */
export interface OracleStep {
  readonly import?: string;
  readonly options?: {
    readonly target?: string;
    readonly series?: string;
    readonly complete?: boolean;
    readonly partial?: boolean;
    readonly covers?: readonly string[];
    readonly close?: "covered" | "never" | "unheld";
    readonly asNewest?: boolean;
    /** `now` is what the clock says. */
    readonly scannedAt?: string;
    readonly company?: string;
  };
  readonly decide?: {
    readonly action: DecisionAction;
    /** The key of the rule whose findings are decided on. */
    readonly rule: string;
    /** Only the one that starts on this line. */
    readonly line?: number;
    readonly expiresInDays?: number;
  };
  readonly wait?: { readonly days: number };
  readonly job?: string;
  readonly feed?: string;
  readonly file?: string;
  readonly confirm?: "last";
  readonly undo?: "last";
  readonly count?: { readonly company?: string };
  readonly expect?: Expectation;
  /** What a company's findings are once the step is done. */
  readonly after?: Expectation;
}

export interface OracleSequence {
  readonly name: string;
  readonly steps: readonly OracleStep[];
}

export interface Oracle {
  readonly files: readonly OracleFile[];
  readonly sequences: readonly OracleSequence[];
}

/** Reads `oracle.json` of a folder of samples. */
export function readOracle(folder: string): Oracle {
  const read = JSON.parse(readFileSync(join(folder, "oracle.json"), "utf8")) as Partial<Oracle> & { version: unknown };
  if (read.version !== 1) throw new Error("oracle.json is of a version that this command does not know");
  return { files: read.files ?? [], sequences: read.sequences ?? [] };
}
