export { type ExpiredAcceptances, expireRiskAcceptances } from "./expire-risk-acceptances.ts";
export { listRiskAcceptances, type ListedRiskAcceptance } from "./list-risk-acceptances.ts";
export { replaceRiskAcceptance } from "./replace-risk-acceptance.ts";
export { revokeRiskAcceptance } from "./revoke-risk-acceptance.ts";
