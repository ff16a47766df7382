export { validateDomain } from "./domain.ts";
export { normalizeEmail, validateEmail } from "./email.ts";
export { validateIpAddress } from "./ip-address.ts";
export { networkList, networkOf, toCanonicalNetwork } from "./network.ts";
export { sanitizeInput, type SanitizeOptions } from "./sanitize-input.ts";
export { validateRecord, type RecordRule, type RecordVerdict } from "./validate-record.ts";
/** The fields that input schemas are made of, and `parseInput`. */
export * as input from "./input.ts";
