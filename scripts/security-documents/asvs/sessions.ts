import type { AsvsItem } from "./item.ts";

/** Items of the chapter on sessions. */
export const sessions: readonly AsvsItem[] = [
  {
    id: "7.1.1",
    asks: "How long sessions last is written down, with reasons",
    state: "holds",
    how: "docs/SIGN-IN.md.",
    tests: ["test/security-documents.test.ts", "packages/database/test/identity/sessions/sessions.test.ts"],
  },
  {
    id: "7.1.2",
    asks: "How many sessions run at once is written down",
    state: "holds",
    how: "50; one more ends the oldest.",
    tests: ["test/security-documents.test.ts", "packages/database/test/identity/sessions/sessions.test.ts"],
  },
  {
    id: "7.2.1",
    asks: "Tokens are checked by the server alone",
    state: "holds",
    how: "A token says nothing by itself: each request looks it up.",
    tests: ["packages/database/test/identity/sessions/sessions.test.ts"],
  },
  {
    id: "7.2.2",
    asks: "Sessions have tokens of their own, no fixed keys",
    state: "holds",
    how: "API keys are another kind, and cannot become a session.",
    tests: [
      "packages/database/test/identity/sessions/sessions.test.ts",
      "packages/database/test/identity/api-keys/api-keys.test.ts",
    ],
  },
  {
    id: "7.2.3",
    asks: "Tokens are random, of 128 bits or more",
    state: "holds",
    how: "256 bits of node:crypto; digests of them are kept.",
    tests: [
      "packages/database/test/cryptography/tokens.test.ts",
      "packages/database/test/identity/sessions/sessions.test.ts",
    ],
  },
  {
    id: "7.2.4",
    asks: "Signing in and proving it again give new tokens",
    state: "holds",
    how: "And end the old ones.",
    tests: ["packages/server/test/routes/cookies.test.ts", "packages/server/test/routes/sign-in.test.ts"],
  },
  {
    id: "7.3.1",
    asks: "A session ends without use",
    state: "holds",
    how: "`NERVE_SESSION_IDLE_MINUTES`.",
    tests: ["packages/database/test/identity/sessions/sessions.test.ts"],
  },
  {
    id: "7.3.2",
    asks: "A session ends however it is used",
    state: "holds",
    how: "30 days after the sign-in.",
    tests: ["packages/database/test/identity/sessions/refresh-session.test.ts"],
  },
  {
    id: "7.4.1",
    asks: "Signing out ends the token at once",
    state: "holds",
    how: "The next request with it is refused.",
    tests: ["packages/database/test/identity/sessions/sessions.test.ts"],
  },
  {
    id: "7.4.2",
    asks: "Suspending or deleting somebody ends their access",
    state: "holds",
    how: "Sessions and keys end at once, and a restore of a backup from before brings none of them back.",
    tests: [
      "packages/database/test/identity/users/user-rights.test.ts",
      "packages/database/test/operations/backup/carried-over.test.ts",
    ],
  },
  {
    id: "7.4.3",
    asks: "A new password or factor ends other sessions",
    state: "holds",
    how: "All others end, unasked. API keys are no sessions: a reset revokes them, and a change of the password does so where asked (`revokeKeys`).",
    tests: [
      "packages/database/test/identity/passwords/password-changes.test.ts",
      "packages/database/test/identity/sign-in/two-factor.test.ts",
    ],
  },
  {
    id: "7.4.4",
    asks: "Signing out can be seen on every page",
    state: "not yet",
    how: "There is no console yet; `POST /api/auth/sign-out` waits for it.",
    tests: [],
  },
  {
    id: "7.4.5",
    asks: "Administrators can end one user's sessions, or everybody's",
    state: "holds",
    how: "One user's, a company's or everybody's, after a fresh sign-in; `nerve session end-all` on the server's machine.",
    tests: [
      "packages/database/test/identity/users/user-rights.test.ts",
      "packages/database/test/identity/sessions/end-all-sessions.test.ts",
    ],
  },
  {
    id: "7.5.1",
    asks: "Address, factor and recovery change after a fresh sign-in",
    state: "holds",
    how: "What gives rights takes a sign-in of the last ten minutes; a new address also the link that is mailed to it.",
    tests: [
      "packages/database/test/identity/addresses/new-addresses.test.ts",
      "packages/server/test/routes/sign-in.test.ts",
      "packages/server/test/authorization/rights.test.ts",
    ],
  },
  {
    id: "7.5.2",
    asks: "Users see and end their own sessions",
    state: "holds",
    how: "`GET` and `DELETE /api/sessions`.",
    tests: [
      "packages/server/test/authorization/roles.test.ts",
      "packages/database/test/identity/sessions/sessions.test.ts",
    ],
  },
  {
    id: "7.6.2",
    beyond: true,
    asks: "No session begins by itself",
    state: "holds",
    how: "Opening a link changes nothing; a button posts its token.",
    tests: ["packages/server/test/routes/set-up.test.ts", "packages/server/test/mail/mails.test.ts"],
  },
];
