import type { AsvsItem } from "./item.ts";

/** Items of the chapter on logging. */
export const logging: readonly AsvsItem[] = [
  {
    id: "16.1.1",
    asks: "Every log is listed",
    state: "holds",
    how: "docs/security/LOGS.md and `nerve logs inventory`.",
    tests: ["test/security-documents.test.ts"],
  },
  {
    id: "16.2.1",
    asks: "Entries say when, where, who and what",
    state: "holds",
    how: "Lines of requests, and the columns of events, attempts and the audit log.",
    tests: [
      "packages/server/test/logging/secrets.test.ts",
      "packages/database/test/security/log-security-event.test.ts",
    ],
  },
  {
    id: "16.2.2",
    asks: "Times are UTC, of a clock that is right",
    state: "holds",
    how: "UTC everywhere. Health compares the clock with what is stored and, on PostgreSQL, with that of the database server. What sets the clock is the system's: no file or call tells of every such service.",
    tests: [
      "test/security-review.test.ts",
      "packages/database/test/operations/health/clock-gap.test.ts",
      "packages/database/test/operations/clock.test.ts",
    ],
  },
  {
    id: "16.2.3",
    asks: "Logs go where the list says, and nowhere else",
    state: "holds",
    how: "Two files of the sources write out of the process.",
    tests: ["test/security-documents.test.ts"],
  },
  {
    id: "16.2.4",
    asks: "Logs are made for machines",
    state: "holds",
    how: "JSON, an object a line; rows with columns.",
    tests: ["packages/server/test/logging/secrets.test.ts"],
  },
  {
    id: "16.2.5",
    asks: "Logs hold no secrets",
    state: "holds",
    how: "None of those that were sent through every route; what is typed as an e-mail address and is none is kept as a digest.",
    tests: ["packages/server/test/logging/secrets.test.ts", "packages/database/test/security/login-attempts.test.ts"],
  },
  {
    id: "16.3.1",
    asks: "Each sign-in is logged, with its factor",
    state: "holds",
    how: "Success and failure are, with what was shown and the device that was known; so are tokens and codes that are refused.",
    tests: [
      "packages/database/test/identity/sign-in/sign-in-factors.test.ts",
      "packages/database/test/identity/sign-in/sign-in.test.ts",
      "packages/server/test/refusals/refusals.test.ts",
    ],
  },
  {
    id: "16.3.2",
    asks: "Refusals are logged",
    state: "holds",
    how: "Each is counted by its code, and those of one kind and subject make one event an hour, on every route: unknown tokens, rights that are missing, foreign ids, other sites.",
    tests: ["packages/server/test/refusals/refusals.test.ts", "packages/server/test/refusals/group-refusals.test.ts"],
  },
  {
    id: "16.3.3",
    asks: "Attempts to get round limits are logged",
    state: "holds",
    how: "Limits that are passed, input that is refused and what no route takes make events as other refusals do; failed sign-ins also `brute_force_detected`.",
    tests: [
      "packages/server/test/refusals/refusals.test.ts",
      "packages/database/test/security/detect-brute-force.test.ts",
    ],
  },
  {
    id: "16.3.4",
    asks: "Unexpected errors are logged",
    state: "holds",
    how: "With their causes; failed jobs, mails and connections to the mail server too.",
    tests: [
      "packages/server/test/mail/connection.test.ts",
      "packages/server/test/errors/problems.test.ts",
      "packages/server/test/maintenance/schedule.test.ts",
    ],
  },
  {
    id: "16.4.1",
    asks: "Nothing that is sent can forge an entry",
    state: "holds",
    how: "JSON escapes lines and control characters; the command line shows none.",
    tests: [
      "packages/database/test/security/login-attempts.test.ts",
      "packages/server/test/logging/secrets.test.ts",
      "packages/cli/test/hostile-strings.test.ts",
    ],
  },
  {
    id: "16.4.2",
    asks: "Logs cannot be altered",
    state: "not yet",
    how: "On PostgreSQL the server's role cannot change the audit log, and archives are signed. A chain over the rows is still to come.",
    tests: ["test/deployment.test.ts", "packages/database/test/operations/maintenance/audit-archive.test.ts"],
  },
  {
    id: "16.4.3",
    asks: "Logs are sent to another system",
    state: "not yet",
    how: "The log of the process can be collected from standard error. Sending the audit log is still to come.",
    tests: [],
  },
  {
    id: "16.5.1",
    asks: "Callers learn nothing of the inside",
    state: "holds",
    how: "An answer has a code, a text and the id of the request.",
    tests: ["packages/server/test/errors/problems.test.ts"],
  },
  {
    id: "16.5.2",
    asks: "What is down elsewhere makes nothing unsafe",
    state: "holds",
    how: "Mails wait for the mail server; without the replica or the list of breached passwords, what needs them is refused or left out.",
    tests: [
      "packages/server/test/mail/queue.test.ts",
      "packages/database/test/identity/passwords/breached-passwords.test.ts",
    ],
  },
  {
    id: "16.5.3",
    asks: "What fails leaves nothing half done",
    state: "holds",
    how: "Each change is one transaction; a backup that was killed is none.",
    tests: [
      "packages/database/test/operations/backup/killed.test.ts",
      "packages/database/test/operation/every-operation.test.ts",
    ],
  },
];
