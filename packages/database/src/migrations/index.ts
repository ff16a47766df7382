import { migration as core } from "./0001-core.ts";
import { migration as security } from "./0002-security.ts";
import { migration as ghost } from "./0003-ghost.ts";
import { migration as osint } from "./0004-osint.ts";
import { migration as surface } from "./0005-surface.ts";
import { migration as compliance } from "./0006-compliance.ts";
import { migration as roadmap } from "./0007-roadmap.ts";
import { migration as bait } from "./0008-bait.ts";
import { migration as files } from "./0009-files.ts";
import { migration as maintenance } from "./0010-maintenance.ts";
import { migration as companyOfRecords } from "./0011-company-of-records.ts";
import { migration as jsonSearch } from "./0012-json-search.ts";
import { migration as rowSecurity } from "./0013-row-security.ts";
import { migration as provedDevices } from "./0014-proved-devices.ts";
import { migration as signInFactors } from "./0015-sign-in-factors.ts";
import { migration as mails } from "./0016-mails.ts";
import { migration as quotas } from "./0017-quotas.ts";
import { migration as keyNetworks } from "./0018-key-networks.ts";
import { migration as companySecondFactor } from "./0019-company-second-factor.ts";
import { migration as twoFactorDemander } from "./0020-two-factor-demander.ts";
import { migration as quotaBounds } from "./0021-quota-bounds.ts";
import { migration as surfaceFindings } from "./0022-surface-findings.ts";
import { migration as suspendedBy } from "./0023-suspended-by.ts";
import { migration as surfaceLists } from "./0024-surface-lists.ts";
import { migration as findingKinds } from "./0025-finding-kinds.ts";
import type { Migration } from "./migration.ts";

/** Every migration, oldest first. One that has been released is never edited. */
export const migrations: readonly Migration[] = [
  core,
  security,
  ghost,
  osint,
  surface,
  compliance,
  roadmap,
  bait,
  files,
  maintenance,
  companyOfRecords,
  jsonSearch,
  rowSecurity,
  provedDevices,
  signInFactors,
  mails,
  quotas,
  keyNetworks,
  companySecondFactor,
  twoFactorDemander,
  quotaBounds,
  surfaceFindings,
  suspendedBy,
  surfaceLists,
  findingKinds,
];
