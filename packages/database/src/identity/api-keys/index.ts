export { cleanupExpiredApiKeys } from "./clean-up-api-keys.ts";
export { type ApiKeyRequest, createApiKey, type NewApiKey } from "./create-api-key.ts";
export { type ApiKeySummary, listUserApiKeys } from "./list-api-keys.ts";
export { listApiKeysOfUser, revokeApiKeyOfUser } from "./managed-api-keys.ts";
export { createOwnApiKey, listOwnApiKeys, revokeOwnApiKey } from "./own-api-keys.ts";
export { revokeAllUserApiKeys, revokeApiKey } from "./revoke-api-key.ts";
export { validateApiKey, type ValidApiKey } from "./validate-api-key.ts";
