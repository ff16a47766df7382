import { z } from "zod";
import { boundedInteger } from "../validation/input.ts";

const rows = () => boundedInteger({ min: 1, max: 1_000_000_000 });
const mib = () => boundedInteger({ min: 1, max: 1_048_576 });

/** How much ordinary users may store: generous, for what is meant is a disk that nobody fills alone. */
export const quotaLimits = z.strictObject({
  rowsPerUser: rows().default(20_000),
  mibPerUser: mib().default(4096),
  rowsPerCompany: rows().default(200_000),
  mibPerCompany: mib().default(20_480),
});

/** How many rows, and how many MiB of what they hold, may be stored for one user and for one company. */
export type QuotaLimits = z.output<typeof quotaLimits>;
