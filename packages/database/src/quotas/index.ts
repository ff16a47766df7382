export { getUserUsage } from "./get-user-usage.ts";
export type { QuotaLimits } from "../database/quota-limits.ts";
