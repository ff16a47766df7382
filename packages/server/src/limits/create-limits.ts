import { countHits, type Database, digestToken, networkOf } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { HttpError } from "../errors/index.ts";
import { clientAddress } from "../proxies/client-address.ts";
import type { Settings } from "../settings/index.ts";
import { countInMemory } from "./count-in-memory.ts";

/**
 * What guesses are counted by, beside the address that they come from: the challenge in the body, the signed-in user, or nothing
 * more. Never by whom they are about: then anybody could use up somebody else's.
 */
export type Guess = "challenge" | "user" | "address";

/** The limits of one server; each throws RATE_LIMITED when it is passed. */
export interface Limits {
  /** Every request, by address. */
  readonly countRequest: (request: FastifyRequest) => void;
  /** Requests that carry something to guess, by address. */
  readonly countGuess: (request: FastifyRequest) => Promise<void>;
  /** The same by what is guessed at, once the body is read. */
  readonly countGuessAtAccount: (request: FastifyRequest) => Promise<void>;
}

type LimitSettings = Pick<Settings, "requestsPerMinute" | "guessesPerMinute" | "guessesPerAccount">;

const minute = 60_000;

/** Addresses whose network is remembered: the same client asks again and again, and each request is counted. */
const maxNetworks = 5000;

interface Limit {
  readonly max: number;
  readonly windowMs: number;
  readonly clientOf: (request: FastifyRequest) => string;
}

/**
 * Makes the limits. Requests are counted in memory, and in the database a tenth of the limit at a time: for all processes
 * together, without a query for most. Guesses are counted in the database one by one, so that a restart forgets none.
 */
export function createLimits(db: Database, settings: LimitSettings): Limits {
  const networks = new LRUCache<string, string>({ max: maxNetworks, memoMethod: networkOf });
  const clientOf = (request: FastifyRequest) => networks.memo(clientAddress(request));
  const byAddress = { windowMs: minute, clientOf };
  return {
    countRequest: reportedLimit(db, { ...byAddress, max: settings.requestsPerMinute }),
    countGuess: sharedLimit(db, { ...byAddress, max: settings.guessesPerMinute }),
    countGuessAtAccount: sharedLimit(db, {
      windowMs: 15 * minute,
      max: settings.guessesPerAccount,
      clientOf: accountKey,
    }),
  };
}

function refusal(leftMs: number): HttpError {
  return new HttpError("RATE_LIMITED", { retryAfter: Math.max(1, Math.ceil(leftMs / 1000)) });
}

/** A process reports its count so many times on the way to the limit. */
const reportsOfLimit = 10;
/** Clients that are remembered as refused; others only cost a query more. */
const maxRefused = 10_000;

/** Refuses what passes the limit in all processes together; each process lets at most a tenth of it slip through. */
function reportedLimit(db: Database, { max, windowMs, clientOf }: Limit): Limits["countRequest"] {
  const countOwn = countInMemory(windowMs, db.clock);
  const step = Math.max(1, Math.floor(max / reportsOfLimit));
  /** Until when whom, in epoch milliseconds. */
  const refused = new LRUCache<string, number>({ max: maxRefused });
  const report = async (client: string) => {
    const { hits, expiresAt } = await countHits(db, { name: `requests ${client}`, windowMs, hits: step });
    if (hits > max) refused.set(client, expiresAt.getTime());
  };
  return (request) => {
    const client = clientOf(request);
    const { hits, leftMs } = countOwn(client);
    if (hits > max) throw refusal(leftMs);
    const refusedUntil = refused.get(client);
    const refusedMs = refusedUntil === undefined ? 0 : refusedUntil - db.clock.now().getTime();
    if (refusedMs > 0) throw refusal(refusedMs);
    // Not waited for: no request takes longer for it, and while the database is away the own count still holds.
    if (hits % step === 0) report(client).catch(() => undefined);
  };
}

function sharedLimit(db: Database, { max, windowMs, clientOf }: Limit): Limits["countGuess"] {
  const countOwn = countInMemory(windowMs, db.clock);
  return async (request) => {
    const client = clientOf(request);
    // Asked first: whoever goes on after a refusal costs the database nothing.
    const own = countOwn(client);
    if (own.hits > max) throw refusal(own.leftMs);
    const { hits, expiresAt } = await countHits(db, { name: `guess ${client}`, windowMs });
    if (hits > max) throw refusal(expiresAt.getTime() - db.clock.now().getTime());
  };
}

/** The key is a digest: what was typed into a field may be a secret in the wrong place. */
function accountKey(request: FastifyRequest): string {
  const { guesses } = request.routeOptions.config;
  if (guesses === "user") return `user:${request.principal?.user.id ?? ""}`;
  const body = request.body as { challenge?: string } | undefined;
  return `challenge:${digestToken(body?.challenge ?? "")}`;
}
