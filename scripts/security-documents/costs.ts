import { asCode, printPage, printTable } from "./markdown.ts";

/** Something that takes long, or much, and what keeps it from stopping everything else. */
interface Cost {
  readonly what: string;
  readonly costs: string;
  readonly bound: string;
  /** Settings that move the bound. */
  readonly settings: readonly string[];
  /** Files that show that it holds. */
  readonly tests: readonly string[];
  /** Programs of threads that do the work. */
  readonly workers?: readonly string[];
  /** Operations that look for text in every row of a list. */
  readonly searching?: readonly string[];
}

export const costs: readonly Cost[] = [
  {
    what: "Checking and hashing passwords",
    costs:
      "19 MiB and some 30 ms of a processor each; a refused sign-in one check of each kind of hash that there is, eight at most",
    bound:
      "limits on guesses by address and by account; so many checks at once that a core is left, the rest in turns by network, known devices first, 512 waiting at most; costs of imported hashes are capped",
    settings: ["NERVE_GUESSES_PER_MINUTE", "NERVE_GUESSES_PER_ACCOUNT"],
    tests: [
      "packages/server/test/limits/limits.test.ts",
      "packages/database/test/threads/few-at-once.test.ts",
      "packages/database/test/cryptography/password-hash.test.ts",
    ],
  },
  {
    what: "Recording guesses",
    costs: "rows in two tables with many indexes; on SQLite on the thread that answers, with a wait for the disk",
    bound:
      "on SQLite a crowd shares commits, ten at a time, with turns for everybody else in between; of those refused unseen one an hour from each network, of ten networks; rows are kept for a time",
    settings: ["NERVE_ATTEMPT_KEEP_DAYS", "NERVE_EVENT_KEEP_DAYS"],
    tests: [
      "packages/database/test/identity/sign-in/floods.test.ts",
      "packages/database/test/database/in-groups.test.ts",
    ],
  },
  {
    what: "Any request",
    costs: "a place on the thread that answers",
    bound:
      "requests per address; 60 seconds for a request to arrive; bodies of at most 64 KiB, results of a scan 16 MiB, 16 KiB without a sign-in; of a body that is refused before it was read, 32 MiB at most are thrown away, in 30 seconds, or 5 in which nothing comes",
    settings: ["NERVE_REQUESTS_PER_MINUTE"],
    tests: [
      "packages/server/test/limits/limits.test.ts",
      "packages/server/test/errors/problems.test.ts",
      "packages/server/test/bodies/drain.test.ts",
    ],
  },
  {
    what: "Large bodies and answers",
    costs: "memory, and reading and writing megabytes of JSON",
    bound:
      "depth, values and members are counted before anything is read; over 64 KiB on threads, in turns by user; so many bytes in flight for a user and for all; whoever reads next to nothing of an answer is disconnected",
    settings: ["NERVE_IN_FLIGHT_MIB_PER_USER", "NERVE_IN_FLIGHT_MIB", "NERVE_STALLED_SECONDS"],
    tests: ["packages/server/test/bodies", "packages/database/test/validation/read-json.test.ts"],
    workers: [
      "packages/database/src/engines/sqlite/run/transaction-worker.ts",
      "packages/database/src/scans/summary-worker.ts",
      "packages/database/src/validation/json/json-worker.ts",
    ],
  },
  {
    what: "Reports of scanners",
    costs: "a file of some hundred megabytes, read twice; rows for each finding, in slices of 5,000",
    bound:
      "a limit of bytes, counted while they arrive; into a file, and never into memory; one at a time for a user; two are read at once, on threads, in turns by company; depth, records and rules are limited",
    settings: ["NERVE_IMPORT_MIB"],
    tests: ["packages/formats/test", "packages/database/test/surface/reading/report-reader.test.ts"],
    workers: ["packages/database/src/surface/reading/report-worker.ts"],
  },
  {
    what: "What ordinary users store",
    costs: "room on the disk, for all companies together; counting all that a company stores",
    bound:
      "rows and bytes of each user and each company, checked in the transaction that stores; what is deleted may take as much again until it is purged. Saves are judged by an upper bound, and counted where that would pass the quota",
    settings: [
      "NERVE_QUOTA_ROWS_PER_USER",
      "NERVE_QUOTA_MIB_PER_USER",
      "NERVE_QUOTA_ROWS_PER_COMPANY",
      "NERVE_QUOTA_MIB_PER_COMPANY",
    ],
    tests: ["packages/database/test/quotas", "packages/server/test/routes/quotas.test.ts"],
  },
  {
    what: "Lists and histories",
    costs: "rows that are read and written out",
    bound: "at most 1,000 a page, by an index; statements end after a time",
    settings: ["NERVE_DATABASE_STATEMENT_TIMEOUT_MS"],
    tests: ["packages/database/test/operation"],
  },
  {
    what: "Deciding on all findings that a filter matches",
    costs:
      "looking at every finding of the company where no index serves the filter; changing up to 20,000 of them at once",
    bound:
      "only for who may decide on findings; one decision of a company at a time; many rows by a statement, on SQLite on a thread; requests per address; statements end after a time",
    settings: ["NERVE_REQUESTS_PER_MINUTE", "NERVE_DATABASE_STATEMENT_TIMEOUT_MS"],
    tests: ["packages/database/test/surface/decisions/decide-findings.test.ts"],
  },
  {
    what: "Searching lists for a text",
    costs: "reading every row of what is searched that is within reach; no index helps to find a piece of text",
    bound:
      "only the lists of users and companies, which are short and for administrators, and of findings, where the rules of the company are searched and not its findings; histories and logs are narrowed by indexes alone; requests per address; statements end after a time",
    settings: ["NERVE_REQUESTS_PER_MINUTE", "NERVE_DATABASE_STATEMENT_TIMEOUT_MS"],
    tests: ["test/security-documents.test.ts"],
    searching: ["countFindings", "listCompanies", "listFindings", "listUsers"],
  },
  {
    what: "Moving in and between engines, and purging",
    costs: "reading and writing the whole database",
    bound: "on the command line of the machine alone, and by the upkeep; in chunks",
    settings: [],
    tests: ["packages/database/test/operations/moving", "test/security-documents.test.ts"],
  },
  {
    what: "A backup, a restore and their checks",
    costs: "reading or writing the whole database",
    bound: "one at a time, for super administrators; on threads and in programs of their own; streamed",
    settings: [],
    tests: ["packages/database/test/operations/backup", "packages/server/test/routes/operations.test.ts"],
    workers: [
      "packages/database/src/engines/sqlite/backup/backup-worker.ts",
      "packages/database/src/operations/backup/parts/seal-worker.ts",
    ],
  },
  {
    what: "The full check of health, and optimising",
    costs: "reading the whole database",
    bound: "one at a time, however many ask; on a thread or connection of its own",
    settings: [],
    tests: [
      "packages/database/test/operations/health/health.test.ts",
      "packages/server/test/routes/operations.test.ts",
    ],
    workers: ["packages/database/src/engines/sqlite/upkeep/upkeep-worker.ts"],
  },
  {
    what: "Checkpoints of SQLite's write-ahead log",
    costs: "writing what was changed to the file",
    bound: "on a thread of its own",
    settings: [],
    tests: ["packages/database/test/engines"],
    workers: ["packages/database/src/engines/sqlite/run/checkpoint-worker.ts"],
  },
  {
    what: "Metrics",
    costs: "counting the rows of every table",
    bound: "counted once a minute, whoever asks; closed to others without a key",
    settings: [],
    tests: ["packages/server/test/metrics/metrics.test.ts"],
  },
  {
    what: "Jobs of the upkeep",
    costs: "deleting and archiving many rows",
    bound: "in chunks, each in a transaction of its own; one process at a time",
    settings: ["NERVE_MAINTENANCE"],
    tests: ["packages/database/test/operations/maintenance", "packages/server/test/maintenance/schedule.test.ts"],
  },
  {
    what: "Recording what was refused",
    costs: "a row for each refusal",
    bound: "so many a minute by subject and for all together",
    settings: [],
    tests: ["packages/server/test/authorization"],
  },
];

/** Prints docs/security/COSTS.md: expensive operations, and what bounds each. */
export function printCostsDocument(): string {
  return printPage("Expensive operations", "scripts/security-documents/costs.ts", [
    "What takes so long, or so much, that somebody could stop NERVE by asking for it, and what keeps them from it.",
    printTable(
      ["What", "Costs", "Bound", "Settings", "Shown by"],
      costs.map(({ what, costs: cost, bound, settings, tests }) => [
        what,
        cost,
        bound,
        asCode(settings),
        asCode(tests),
      ]),
    ),
  ]);
}
