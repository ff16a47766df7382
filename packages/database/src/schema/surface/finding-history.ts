import type { JsonValue } from "../kit/index.ts";
import {
  companyOfParent,
  created,
  datetime,
  id,
  integer,
  json,
  oneOf,
  reference,
  softDelete,
  string,
  table,
  tenant,
  text,
  updated,
} from "../kit/index.ts";
import { severities } from "./assets.ts";
import { companies, users } from "../core.ts";
import { changeSetCauses, findingChangeKinds, findingStatuses } from "./finding-words.ts";
import { findings } from "./findings.ts";
import * as input from "../../validation/input.ts";

export const findingChangeSets = table(
  "finding_change_sets",
  {
    module: "surface",
    rowName: "FindingChangeSet",
    description: "Changes of findings that were made together, for one reason.",
    inOriginal: false,
    bound: "One for each slice of an import and each decision; as many as the limits of requests let in.",
    indexes: [{ columns: ["company_id", "id"] }, { columns: ["import_id"] }],
  },
  {
    id: id(),
    ...tenant(companies),
    cause: oneOf(changeSetCauses).notNull(),
    importId: integer(),
    userId: reference(users, { onDelete: "set null" }),
    at: datetime().notNull(),
    /** How many changed in each way; of an import also the ids between which the findings lie that it opened. */
    counts: json<JsonValue>(),
  },
);

export const findingHistory = table(
  "finding_history",
  {
    module: "surface",
    rowName: "FindingChange",
    description: "A change of a finding. That an import opened it needs no row: the finding itself says so.",
    inOriginal: false,
    bound: "One for each change of a finding; as many as the limits of requests let in.",
    indexes: [{ columns: ["finding_id", "id"] }, { columns: ["change_set_id", "id"] }],
  },
  {
    id: id(),
    ...companyOfParent(),
    findingId: reference(findings, { onDelete: "cascade" }).notNull(),
    changeSetId: reference(findingChangeSets, { onDelete: "cascade" }).notNull(),
    kind: oneOf(findingChangeKinds).notNull(),
    fromStatus: oneOf(findingStatuses),
    toStatus: oneOf(findingStatuses),
    fromSeverity: oneOf(severities),
    toSeverity: oneOf(severities),
    reason: string(1000),
    /** Old and new values of other fields. */
    changes: json<JsonValue>(),
    at: datetime().notNull(),
  },
);

export const findingNotes = table(
  "finding_notes",
  {
    module: "surface",
    rowName: "FindingNote",
    description: "What somebody wrote on a finding.",
    inOriginal: false,
    bound: "500 of a finding.",
    indexes: [{ columns: ["finding_id", "id"] }],
  },
  {
    id: id(),
    ...companyOfParent(),
    findingId: reference(findings, { onDelete: "cascade" }).notNull(),
    userId: reference(users, { onDelete: "set null" }),
    body: text()
      .notNull()
      .is(input.text({ min: 1, max: 4000, multiline: true })),
    ...created(),
    ...updated(),
    ...softDelete(),
  },
);
