import { formatBytes } from "../../files/format-bytes.ts";
import type { NearQuota } from "../../quotas/near-quotas.ts";
import type { HealthAlert } from "./alerts.ts";

/** How many are named in one alert. */
const named = 5;

const remedy =
  "What passes a quota is refused: delete old scans, raise `maxStoredRows` and `maxStoredMib` of the company, or the settings NERVE_QUOTA_….";

function describe({ whose, id, used, limits }: NearQuota): string {
  return `${whose} ${id} (${used.rows} of ${limits.rows} rows, ${formatBytes(used.bytes)} of ${formatBytes(limits.bytes)})`;
}

/** The warning of who stores nearly as much as they may; none where that could not be read. */
export function warningsOfQuotas(near: readonly NearQuota[] | null): HealthAlert[] {
  if (near === null || near.length === 0) return [];
  const more = near.length > named ? ` and ${near.length - named} more` : "";
  const who = near.slice(0, named).map(describe).join(", ");
  return [{ level: "warning", code: "QUOTA", message: `Near their quotas, or at them: ${who}${more}. ${remedy}` }];
}
