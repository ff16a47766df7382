import { timingSafeEqual } from "node:crypto";
import { ageOf, countUsers, type Database, digestToken, generateSecureToken, isAhead } from "@nerve/database";
import { linkTo } from "../../settings/index.ts";

const validForMs = 24 * 3600_000;

/** The one-time link by which the first administrator is created. */
export interface SetUpLink {
  /** The link, to be shown to whoever started the server. */
  readonly urlAt: (publicUrl: string) => string;
  /** Whether a token is the link's, and its time has not run out. */
  readonly accepts: (token: string) => boolean;
}

/**
 * Makes the link for a database without users. It lives in this process only: a restart makes another.
 *
 * @returns null when there are users already
 */
export async function createSetUpLink(db: Database): Promise<SetUpLink | null> {
  if ((await countUsers(db)) > 0) return null;
  const token = generateSecureToken();
  const digest = Buffer.from(digestToken(token));
  const madeAt = db.clock.now();
  const isValidAt = (now: Date) => !isAhead(madeAt, now) && ageOf(madeAt, now) < validForMs;
  return {
    urlAt: (publicUrl) => linkTo(publicUrl, "/set-up", token),
    accepts: (candidate) => isValidAt(db.clock.now()) && timingSafeEqual(Buffer.from(digestToken(candidate)), digest),
  };
}
