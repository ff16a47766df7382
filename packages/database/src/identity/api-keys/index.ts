export { cleanupExpiredApiKeys } from "./clean-up-api-keys.ts";
export { type ApiKeyRequest, createApiKey } from "./create-api-key.ts";
export { type ApiKeySummary, listUserApiKeys } from "./list-api-keys.ts";
export { listApiKeysOfUser, revokeApiKeyOfUser } from "./managed-api-keys.ts";
export { type NewApiKey } from "./new-key.ts";
export { createOwnApiKey, listOwnApiKeys, revokeOwnApiKey, updateOwnApiKey } from "./own-api-keys.ts";
export { recordRefusedKeyUse } from "./record-refused-use.ts";
export { revokeAllUserApiKeys, revokeApiKey } from "./revoke-api-key.ts";
export { type ApiKeyCheck, checkApiKey, validateApiKey, type ValidApiKey } from "./validate-api-key.ts";
