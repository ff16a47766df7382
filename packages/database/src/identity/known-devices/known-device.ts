import { z } from "zod";
import { digestToken, generateSecureToken, isTokenShaped } from "../../cryptography/index.ts";
import { after, day, latestPossible } from "../../database/durations.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { forgetBeyond } from "../account/forget-beyond.ts";

/** Days after the last sign-in on it that a device counts as known. */
const knownDays = 180;
/** Devices of one user that are remembered; one more forgets the one that was used least lately. */
const mostDevices = 50;

/** The token of a known device as the client brings it back, as a field of an input. */
export const deviceTokenField = z.string().max(512).optional();

/** What a client keeps, so that its device is known again. It lets nobody in. */
export interface KnownDevice {
  readonly token: string;
  readonly expiresAt: Date;
}

const findDevice = statement((sql, p: { userId: number; digest: string; now: Date; latest: Date }) =>
  sql
    .selectFrom("known_devices")
    .select("id")
    .where("token", "=", p.digest)
    .where("user_id", "=", p.userId)
    .where("expires_at", ">", p.now)
    .where("last_used_at", "<=", p.latest),
);

const insertDevice = statement((sql, p: DeviceRow) =>
  sql
    .insertInto("known_devices")
    .values({
      user_id: p.userId,
      token: p.digest,
      user_agent: p.userAgent,
      created_at: p.now,
      last_used_at: p.now,
      expires_at: p.expiresAt,
    })
    .returning("id"),
);

const useDevice = statement((sql, p: Pick<DeviceRow, "userAgent" | "now" | "expiresAt"> & { id: number }) =>
  sql
    .updateTable("known_devices")
    .set({ user_agent: p.userAgent, last_used_at: p.now, expires_at: p.expiresAt })
    .where("id", "=", p.id),
);

const forgetLeastLatelyUsed = forgetBeyond("known_devices", "last_used_at");

const forgetAll = statement((sql, p: { userId: number }) =>
  sql.deleteFrom("known_devices").where("user_id", "=", p.userId),
);

interface DeviceRow {
  userId: number;
  digest: string;
  userAgent: string | undefined;
  now: Date;
  expiresAt: Date;
}

interface Brought {
  readonly userId: number;
  readonly deviceToken?: string | undefined;
}

/** Finds the known device whose token somebody brings; null when it is unknown, too old, or another user's. */
export async function findKnownDevice(db: Handle, { userId, deviceToken }: Brought): Promise<number | null> {
  if (!isTokenShaped(deviceToken)) return null;
  const now = db.clock.now();
  const wanted = { userId, digest: digestToken(deviceToken), now, latest: latestPossible(now) };
  const found = await findDevice.first(db, wanted);
  return found?.id ?? null;
}

/**
 * Remembers the device of somebody who has proved who they are: the one that is known already, or a new one.
 *
 * @returns its id, and what the client is to keep
 */
export async function rememberDevice(
  tx: Transaction,
  { userId, deviceToken, userAgent }: Brought & { readonly userAgent: string | undefined },
): Promise<{ id: number; device: KnownDevice }> {
  const now = tx.clock.now();
  const expiresAt = after(now, knownDays * day);
  const known = await findKnownDevice(tx, { userId, deviceToken });
  if (known !== null && deviceToken !== undefined) {
    await useDevice.run(tx, { id: known, userAgent, now, expiresAt });
    return { id: known, device: { token: deviceToken, expiresAt } };
  }
  const token = generateSecureToken();
  const inserted = await insertDevice.first(tx, { userId, digest: digestToken(token), userAgent, now, expiresAt });
  await forgetLeastLatelyUsed(tx, userId, mostDevices);
  return { id: (inserted as { id: number }).id, device: { token, expiresAt } };
}

/** Forgets every device of a user: whoever proved themselves on them has to do it again. */
export async function forgetDevices(tx: Transaction, userId: number): Promise<void> {
  await forgetAll.run(tx, { userId });
}
