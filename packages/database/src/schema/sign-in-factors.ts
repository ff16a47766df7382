/** What somebody can show at a sign-in, one after the other. */
export const signInFactors = ["password", "totp", "backup-code"] as const;
export type SignInFactor = (typeof signInFactors)[number];
