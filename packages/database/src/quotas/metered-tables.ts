import type { TableName } from "../schema/tables.ts";

/**
 * The tables that ordinary users fill, and that count towards the quotas: those with the columns of `metered()`. Whoever writes to
 * one says how many bytes a row holds, and ends with `countTowardsQuotas`; what writes to any table ends with `forgetBounds`.
 */
export const meteredTables = ["xasm_scan_history", "lightbox_scan_history"] as const satisfies readonly TableName[];
