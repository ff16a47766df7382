import type { Readable, Writable } from "node:stream";

/** A stream that may be a terminal. */
type OutStream = Writable & { isTTY?: boolean; columns?: number };

/** What the process gives the command: the only way to it, so that nothing else reads `process`. */
export interface Context {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  /** Resolves when the process is asked to end. */
  readonly untilAskedToEnd: () => Promise<void>;
}
