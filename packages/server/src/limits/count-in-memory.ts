import type { Clock } from "@nerve/database";
import { LRUCache } from "lru-cache";

/** How often somebody came in the present window of time, and how much of it is left. */
export interface WindowCount {
  readonly hits: number;
  readonly leftMs: number;
}

/** Clients that are remembered; whoever came least lately is forgotten first. */
const maxClients = 5000;

/**
 * Counts in the memory of this process, in windows that begin with the first hit.
 *
 * @param windowMs how long a window lasts
 * @returns what counts a hit of somebody
 */
export function countInMemory(windowMs: number, clock: Clock): (client: string) => WindowCount {
  const windows = new LRUCache<string, { hits: number; readonly endsMs: number }>({ max: maxClients });
  return (client) => {
    const nowMs = clock.now().getTime();
    const window = windows.get(client);
    if (window === undefined || window.endsMs <= nowMs) {
      windows.set(client, { hits: 1, endsMs: nowMs + windowMs });
      return { hits: 1, leftMs: windowMs };
    }
    window.hits += 1;
    return { hits: window.hits, leftMs: window.endsMs - nowMs };
  };
}
