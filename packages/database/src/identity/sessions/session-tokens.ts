import { createHmac } from "node:crypto";
import { digestToken, generateSecureToken, isTokenShaped } from "../../cryptography/index.ts";

/** What a client gets when a session begins or is refreshed; the only time that it sees the tokens. */
export interface NewSession {
  readonly sessionId: number;
  /** Goes with every request. */
  readonly token: string;
  /** Good for one refresh. */
  readonly refreshToken: string;
  readonly expiresAt: Date;
}

/** Tokens for a client, and their digests for the database. */
export interface SessionTokens {
  readonly token: string;
  readonly refreshToken: string;
  readonly tokenDigest: string;
  readonly refreshDigest: string;
  readonly familyDigest: string;
}

/** Makes the tokens that a session begins with. Its first refresh token is the family of all later ones. */
export function makeSessionTokens(): SessionTokens {
  const family = generateSecureToken();
  return withDigests(generateSecureToken(), family, family);
}

/**
 * Makes the tokens that follow a refresh token. Every later refresh token is the family, a dot and a new secret. So a token that
 * was replaced still tells which session it belonged to, and gives away that it was stolen.
 *
 * The same refresh token and salt give the same tokens, so that an answer that was lost can be given again. The database holds the
 * salt and only the digest of the refresh token: neither it nor the refresh token alone is enough to make them.
 *
 * @param spent the refresh token that is being replaced
 * @param salt 256 random bits of this refresh
 * @see RFC 9700, section 4.14.2 (refresh token rotation)
 */
export function followingTokens(spent: { refreshToken: string; family: string }, salt: string): SessionTokens {
  const derive = (what: string) =>
    createHmac("sha256", spent.refreshToken).update(`${what} ${salt}`).digest("base64url");
  return withDigests(derive("session token"), `${spent.family}.${derive("refresh token")}`, spent.family);
}

function withDigests(token: string, refreshToken: string, family: string): SessionTokens {
  return {
    token,
    refreshToken,
    tokenDigest: digestToken(token),
    refreshDigest: digestToken(refreshToken),
    familyDigest: digestToken(family),
  };
}

/** The family of a refresh token; null when the value cannot be one. */
export function refreshFamilyOf(raw: unknown): string | null {
  if (typeof raw !== "string") return null;
  const [family, secret, ...rest] = raw.split(".", 3);
  const isShaped = isTokenShaped(family) && (secret === undefined || isTokenShaped(secret)) && rest.length === 0;
  return isShaped ? family : null;
}
