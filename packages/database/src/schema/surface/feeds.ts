import { boolean, created, datetime, float, integer, string, table, text, textId } from "../kit/index.ts";

export const epssScores = table(
  "epss_scores",
  {
    module: "surface",
    description:
      "How likely a weakness is to be exploited within 30 days, as FIRST estimates it. The same for every company.",
    inOriginal: false,
  },
  {
    /** The number of the CVE list. */
    id: textId(),
    score: float().notNull(),
    percentile: float().notNull(),
  },
);

export const kevEntries = table(
  "kev_entries",
  {
    module: "surface",
    description: "A weakness that CISA knows to be exploited. The same for every company.",
    inOriginal: false,
  },
  {
    /** The number of the CVE list. */
    id: textId(),
    name: text().notNull().default(""),
    addedOn: datetime().notNull(),
    dueOn: datetime(),
    ransomware: boolean().notNull().default(false),
  },
);

export const feeds = table(
  "feeds",
  {
    module: "surface",
    rowName: "Feed",
    description: "A list of public facts that was loaded: which edition, and when.",
    inOriginal: false,
  },
  {
    /** `epss`, `kev`. */
    id: textId(),
    edition: string(100).notNull().default(""),
    datedAt: datetime().notNull(),
    loadedAt: datetime().notNull(),
    rows: integer().notNull(),
    sha256: string(64).notNull(),
  },
);

export const digestKeys = table(
  "digest_keys",
  {
    module: "surface",
    description: "A key under which secrets are told apart without being kept. Made once for each database.",
    inOriginal: false,
  },
  {
    /** What it is for: `secrets in findings`. */
    id: textId(),
    digestKey: text().notNull().sensitive("encrypted"),
    ...created(),
  },
);
