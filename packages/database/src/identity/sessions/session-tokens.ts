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

/**
 * Makes the tokens of a session. Its first refresh token is the family; every later one is the family, a dot and a new
 * secret. So a token that was replaced still tells which session it belonged to, and gives away that it was stolen.
 *
 * @param family of the refresh token that is being replaced; a new one when there is none
 * @see RFC 9700, section 4.14.2 (refresh token rotation)
 */
export function makeSessionTokens(family?: string): SessionTokens {
  const token = generateSecureToken();
  const secret = generateSecureToken();
  const refreshToken = family === undefined ? secret : `${family}.${secret}`;
  return {
    token,
    refreshToken,
    tokenDigest: digestToken(token),
    refreshDigest: digestToken(refreshToken),
    familyDigest: digestToken(family ?? secret),
  };
}

/** The family of a refresh token; null when the value cannot be one. */
export function refreshFamilyOf(raw: unknown): string | null {
  if (typeof raw !== "string") return null;
  const [family, secret, ...rest] = raw.split(".", 3);
  const isShaped = isTokenShaped(family) && (secret === undefined || isTokenShaped(secret)) && rest.length === 0;
  return isShaped ? family : null;
}
