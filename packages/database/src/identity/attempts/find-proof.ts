import { z } from "zod";
import { digestToken, isTokenShaped } from "../../cryptography/index.ts";
import { latestPossible } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { deviceTokenField, findKnownDevice } from "../known-devices/known-device.ts";
import { isLiveSession } from "../sessions/live-session.ts";

/**
 * What shows that an attempt is made where the user has proved who they are before, as fields of an input: the token of a known
 * device, or of a live session. Neither lets anybody in; both keep what others guess elsewhere from counting here.
 */
export const proofFields = {
  deviceToken: deviceTokenField,
  sessionToken: z.string().max(512).optional(),
};

interface Proof {
  readonly deviceToken?: string | undefined;
  readonly sessionToken?: string | undefined;
}

const findSession = statement((sql, p: { userId: number; digest: string; now: Date; latest: Date }) =>
  sql
    .selectFrom("sessions")
    .select(["id", "known_device_id"])
    .where("token", "=", p.digest)
    .where("user_id", "=", p.userId)
    .where(isLiveSession(p.now))
    .where("last_activity", "<=", p.latest),
);

/**
 * Finds by whose failures alone an attempt is judged: those of the device that it comes from, or of the session.
 *
 * @returns undefined when nothing was proved before
 */
export async function findProof(
  db: Handle,
  userId: number | undefined,
  { deviceToken, sessionToken }: Proof,
): Promise<string | undefined> {
  if (userId === undefined) return undefined;
  const device = await findKnownDevice(db, { userId, deviceToken });
  if (device !== null) return `device ${device}`;
  if (!isTokenShaped(sessionToken)) return undefined;
  const now = db.clock.now();
  const wanted = { userId, digest: digestToken(sessionToken), now, latest: latestPossible(now) };
  const session = await findSession.first(db, wanted);
  if (session === null) return undefined;
  return session.knownDeviceId === null ? `session ${session.id}` : `device ${session.knownDeviceId}`;
}
