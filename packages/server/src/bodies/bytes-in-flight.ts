import { HttpError } from "../errors/index.ts";

/** Bytes that somebody holds: of a body that arrives or of an answer that has not been read. */
export interface Holding {
  /**
   * Holds so many bytes more.
   * @throws {HttpError} TOO_MUCH_IN_FLIGHT, and nothing more is held
   */
  readonly grow: (bytes: number) => void;
  /** Holds nothing any more. Idempotent. */
  readonly release: () => void;
}

/** The bytes that requests and answers hold in memory. */
export interface BytesInFlight {
  readonly hold: (owner: string) => Holding;
  /** All of them together. */
  readonly total: () => number;
}

/** When to try again, in seconds. */
const retryAfter = 2;

/**
 * Makes the budget of bytes in flight of one server.
 *
 * @param limits `perOwner`: of one user, or of one address where nobody is signed in; `together`: of all
 */
export function createBytesInFlight({ perOwner, together }: { perOwner: number; together: number }): BytesInFlight {
  const byOwner = new Map<string, number>();
  let total = 0;
  const add = (owner: string, bytes: number) => {
    const own = (byOwner.get(owner) ?? 0) + bytes;
    if (own === 0) byOwner.delete(owner);
    else byOwner.set(owner, own);
    total += bytes;
  };
  return {
    total: () => total,
    hold(owner) {
      let held = 0;
      return {
        grow(bytes) {
          const isTooMuch = (byOwner.get(owner) ?? 0) + bytes > perOwner || total + bytes > together;
          if (isTooMuch) throw new HttpError("TOO_MUCH_IN_FLIGHT", { retryAfter });
          held += bytes;
          add(owner, bytes);
        },
        release() {
          if (held !== 0) add(owner, -held);
          held = 0;
        },
      };
    },
  };
}
