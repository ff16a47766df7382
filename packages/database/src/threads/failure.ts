/** An error on its way between threads, where classes are lost. */
export interface ThreadFailure {
  readonly message: string;
  readonly code: string | undefined;
  /** Result code of SQLite. */
  readonly errcode: number | undefined;
  readonly syscall: string | undefined;
  /** The file that the system names, and the one that it was to become. */
  readonly path: string | undefined;
  readonly dest: string | undefined;
}

function property(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}

/** Takes an error apart for the way to another thread. */
export function packFailure(error: unknown): ThreadFailure {
  const text = (name: string) => {
    const value = property(error, name);
    return typeof value === "string" ? value : undefined;
  };
  const errcode = property(error, "errcode");
  return {
    message: error instanceof Error ? error.message : "The thread failed.",
    code: text("code"),
    errcode: typeof errcode === "number" ? errcode : undefined,
    syscall: text("syscall"),
    path: text("path"),
    dest: text("dest"),
  };
}

/** Puts an error together again; the caller translates it, as one of its own thread. */
export function unpackFailure({ message, ...properties }: ThreadFailure): Error {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Object.assign(new Error(message), Object.fromEntries(given));
}
