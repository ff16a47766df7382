/** An error on its way between threads, where classes are lost. */
export interface ThreadFailure {
  readonly message: string;
  readonly code: string | undefined;
  /** Result code of SQLite. */
  readonly errcode: number | undefined;
  readonly syscall: string | undefined;
}

function property(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}

/** Takes an error apart for the way to another thread. */
export function packFailure(error: unknown): ThreadFailure {
  const [code, errcode, syscall] = ["code", "errcode", "syscall"].map((name) => property(error, name));
  return {
    message: error instanceof Error ? error.message : "The thread failed.",
    code: typeof code === "string" ? code : undefined,
    errcode: typeof errcode === "number" ? errcode : undefined,
    syscall: typeof syscall === "string" ? syscall : undefined,
  };
}

/** Puts an error together again; the caller translates it, as one of its own thread. */
export function unpackFailure({ message, ...properties }: ThreadFailure): Error {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Object.assign(new Error(message), Object.fromEntries(given));
}
