export type { QuotaLimits } from "../database/quota-limits.ts";
