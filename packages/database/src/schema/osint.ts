import {
  datetime,
  float,
  id,
  integer,
  json,
  owner,
  softDelete,
  table,
  tenant,
  text,
  textId,
  updated,
} from "./kit/index.ts";
import { companies, users } from "./core.ts";
import type { JsonValue } from "./kit/index.ts";

export const profiles = table(
  "profiles",
  { module: "osint", description: "A person or account under open-source investigation." },
  {
    id: textId(),
    name: text().notNull(),
    email: text(),
    username: text(),
    phone: text(),
    notes: text(),
    riskScore: float().default(0.0),
    breachCount: integer().default(0),
    socialMediaJson: json<JsonValue>(),
    exposedPasswords: text().sensitive("harvested"),
    dataLeaks: text(),
    ...owner(users),
    createdAt: datetime().stamped(),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const socialMedia = table(
  "social_media",
  { module: "osint", description: "A social-media account that belongs to a profile." },
  {
    id: id(),
    profileId: text().notNull(),
    platform: text(),
    username: text(),
    url: text(),
    followers: integer(),
    postsCount: integer(),
    discoveredAt: datetime().stamped(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const breaches = table(
  "breaches",
  { module: "osint", description: "A breach in which a profile was found." },
  {
    id: id(),
    profileId: text().notNull(),
    breachName: text(),
    breachDate: text(),
    dataClasses: text(),
    discoveredAt: datetime().stamped(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const devices = table(
  "devices",
  { module: "osint", description: "A device that belongs to a profile." },
  {
    id: id(),
    profileId: text(),
    ipAddress: text(),
    hostname: text(),
    deviceType: text(),
    portsOpen: text(),
    vulnerabilities: text(),
    location: text(),
    discoveredAt: datetime().stamped(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const githubFindings = table(
  "github_findings",
  {
    module: "osint",
    description: "A credential found in a public gist.",
    indexes: [{ columns: ["gist_id"], unique: true, perCompany: true }],
  },
  {
    id: id(),
    gistId: text().notNull(),
    gistUrl: text().notNull(),
    filename: text(),
    createdAt: datetime(),
    queryTerm: text().indexed(),
    queryType: text().indexed(),
    credentialType: text(),
    credentialValue: text().sensitive("harvested"),
    context: text(),
    discoveredAt: datetime().stamped(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const pastebinFindings = table(
  "pastebin_findings",
  {
    module: "osint",
    description: "A credential found in a public paste.",
    indexes: [{ columns: ["paste_id"], unique: true, perCompany: true }],
  },
  {
    id: id(),
    pasteId: text().notNull(),
    pasteTitle: text(),
    pasteUrl: text().notNull(),
    postedDate: text(),
    queryTerm: text().indexed(),
    queryType: text().indexed(),
    credentialPassword: text().sensitive("harvested"),
    context: text(),
    discoveredAt: datetime().stamped(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const opsychSearchResults = table(
  "opsych_search_results",
  { module: "osint", description: "An account found by a search across platforms." },
  {
    id: id(),
    searchId: text().notNull().indexed(),
    queryInput: text().notNull().indexed(),
    queryType: text(),
    platform: text().indexed(),
    username: text().indexed(),
    url: text(),
    bio: text(),
    source: text(),
    discoveredAt: datetime().stamped(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);
