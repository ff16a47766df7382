import { anyTable } from "../../../database/any-table.ts";
import { runQuery } from "../../../database/statement.ts";
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
}

const properties = [
  "id",
  "userId",
  "keyHash",
  "isActive",
  "revokedAt",
  "expiresAt",
] as const satisfies readonly (keyof KeyState)[];

/**
 * Carries over which API keys were revoked since the backup, and which were given an earlier end.
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
  if (!endsEarlier && (now.isActive || !past.isActive)) return null;
  return { ...(endsEarlier ? { expires_at: now.expiresAt } : {}), is_active: past.isActive && now.isActive };
}
