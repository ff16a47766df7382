export { generateBackupCodes, matchBackupCode, protectBackupCode } from "./backup-codes.ts";
export { loadOrCreateKeyFile, parseMasterKeys } from "./key-file.ts";
export { createKeyRing, type KeyRing, type MasterKey, type MasterKeys, type SecretPlace } from "./key-ring.ts";
export {
  hashKindOf,
  hashPassword,
  maxPasswordLength,
  needsRehash,
  verifyAgainstNobody,
  verifyPassword,
} from "./password-hash.ts";
export { type BreachedPasswords, openBreachedPasswordList } from "./breached-password-list.ts";
export { checkPasswordPolicy, forbiddenWords, type PasswordPolicy } from "./password-policy.ts";
export { generateTotpSecret, totpUri, verifyTotp } from "./totp.ts";
export { apiKeyPrefix, digestToken, generateApiKey, generateSecureToken, isApiKey, isTokenShaped } from "./tokens.ts";
