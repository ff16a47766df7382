import { isDeepStrictEqual } from "node:util";
import { anyTable } from "../../../database/any-table.ts";
import { runQuery } from "../../../database/statement.ts";
import { json } from "../../../schema/kit/parameters.ts";
import { apiKeys } from "../../../schema/security.ts";
import { columnsOf, readPairs } from "./both-states.ts";
import type { Carriage, KnownIds } from "./carry-accounts.ts";

interface KeyState {
  readonly id: number;
  readonly userId: number;
  readonly keyHash: string;
  readonly isActive: boolean;
  readonly revokedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly networks: string[] | null;
}

const properties = [
  "id",
  "userId",
  "keyHash",
  "isActive",
  "revokedAt",
  "expiresAt",
  "networks",
] as const satisfies readonly (keyof KeyState)[];

/**
 * Carries over which API keys were revoked since the backup, and which were given an earlier end or bound to other networks.
 * @returns how many were revoked
 */
export async function carryKeys(states: Carriage, knownUsers: KnownIds): Promise<number> {
  let revoked = 0;
  for await (const pairs of readPairs(states, apiKeys, columnsOf(apiKeys, properties))) {
    for (const { now, past } of pairs as unknown as { now: KeyState; past: KeyState | null }[]) {
      if (past?.keyHash !== now.keyHash || !knownUsers.has(past.userId)) continue;
      const changes = changesOf(now, past);
      if (changes === null) continue;
      if ("revoked_at" in changes) revoked += 1;
      await runQuery(
        states.restored,
        anyTable(states.restored).updateTable("api_keys").set(changes).where("id", "=", now.id),
      );
    }
  }
  return revoked;
}

function changesOf(now: KeyState, past: KeyState): Record<string, unknown> | null {
  if (now.revokedAt !== null && past.revokedAt === null) return { revoked_at: now.revokedAt, is_active: false };
  const endsEarlier = now.expiresAt !== null && (past.expiresAt === null || now.expiresAt < past.expiresAt);
  // One that was let loose since stays bound.
  const isBound = now.networks !== null && !isDeepStrictEqual(now.networks, past.networks);
  const changes = {
    ...(endsEarlier ? { expires_at: now.expiresAt } : {}),
    ...(isBound ? { networks: json(now.networks) } : {}),
    ...(past.isActive && !now.isActive ? { is_active: false } : {}),
  };
  return Object.keys(changes).length === 0 ? null : changes;
}
