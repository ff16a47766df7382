import { databaseRules } from "./database-rules.ts";
import type { ExposureRule } from "./exposure-rule.ts";
import { managementRules } from "./management-rules.ts";
import { remoteAccessRules } from "./remote-access-rules.ts";

/** The source of the findings that NERVE makes of open services. */
export const exposureSource = "nerve";

/** What is found where a service that belongs inside answers on a public address or name. */
export const exposureRules: readonly ExposureRule[] = [...remoteAccessRules, ...databaseRules, ...managementRules];
