/** The database that a server of the bench serves. */
export interface ServedPlace {
  readonly url: string;
  readonly maxConnections: number;
  /** Whose the scans are that the bare server saves, since it asks nobody who they are. */
  readonly userId: number;
}

/** Ends this process in order when the bench lets go of it. */
export function endWithParent(close: () => Promise<void>): void {
  process.on("disconnect", () => void close());
}
