import { boolean, companyOfParent, id, integer, oneOf, reference, string, table, tenant } from "../kit/index.ts";
import { assets, severities } from "./assets.ts";
import { companies } from "../core.ts";
import { findingStatuses } from "./finding-words.ts";
import { findings } from "./findings.ts";

export const surfaceTags = table(
  "surface_tags",
  {
    module: "surface",
    rowName: "Tag",
    description: "A word that people put on findings and assets.",
    inOriginal: false,
    bound: "1,000 of a company.",
    indexes: [{ columns: ["company_id", "name"], unique: true }],
  },
  {
    id: id(),
    ...tenant(companies),
    /** In lower case. */
    name: string(50).notNull(),
  },
);

export const surfaceTagLinks = table(
  "surface_tag_links",
  {
    module: "surface",
    description: "A tag on a finding or on an asset.",
    inOriginal: false,
    bound: "20 of a finding or an asset.",
    indexes: [
      { columns: ["tag_id", "finding_id"], unique: true },
      { columns: ["tag_id", "asset_id"], unique: true },
    ],
    checks: [
      {
        name: "surface_tag_links_one_thing",
        sql: `("finding_id" IS NULL) <> ("asset_id" IS NULL)`,
        shown: "finding_id IS NULL <> asset_id IS NULL",
      },
    ],
  },
  {
    id: id(),
    ...companyOfParent(),
    tagId: reference(surfaceTags, { onDelete: "cascade" }).notNull(),
    findingId: reference(findings, { onDelete: "cascade" }),
    assetId: reference(assets, { onDelete: "cascade" }),
  },
);

export const slaPolicies = table(
  "sla_policies",
  {
    module: "surface",
    rowName: "SlaPolicy",
    description: "How many days a company gives itself to repair a finding of a severity.",
    inOriginal: false,
    bound: "5 of a company.",
    indexes: [{ columns: ["company_id", "severity"], unique: true }],
  },
  {
    id: id(),
    ...tenant(companies),
    severity: oneOf(severities).notNull(),
    /** Null: none. */
    days: integer(),
    /** Where the weakness is known to be exploited. */
    exploitedDays: integer(),
  },
);

export const findingCounts = table(
  "finding_counts",
  {
    module: "surface",
    description: "How many findings of a company are alike in source, severity, status and exploitation.",
    inOriginal: false,
    bound: "80 for each source of a company.",
    indexes: [{ columns: ["company_id", "source", "severity", "status", "exploited"], unique: true }],
  },
  {
    id: id(),
    ...tenant(companies),
    source: string(50).notNull(),
    severity: oneOf(severities).notNull(),
    status: oneOf(findingStatuses).notNull(),
    exploited: boolean().notNull(),
    findings: integer().notNull().default(0),
  },
);
