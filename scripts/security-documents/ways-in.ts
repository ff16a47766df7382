import type { DocumentedRoute } from "@nerve/server";
import { printPage, printTable } from "./markdown.ts";

/** A way to be taken for somebody. */
interface WayIn {
  readonly name: string;
  readonly takes: string;
  readonly strength: string;
  readonly lasts: string;
  readonly guessing: string;
  /** Routes that take it, where they are open to everybody. */
  readonly routes: readonly string[];
}

const slowed = "limited by address and by account";

export const waysIn: readonly WayIn[] = [
  {
    name: "Password",
    takes: "the e-mail address and the password",
    strength: "15 characters or more that are neither common, breached nor guessed from names: one factor",
    lasts: "until it is changed; none expires",
    guessing:
      "five wrong ones refuse more for a time where the account is not at home; limited by address and by account",
    routes: ["POST /api/auth/sign-in"],
  },
  {
    name: "Code of an authenticator app",
    takes: "a step of the sign-in that knew the password, and the code",
    strength: "20 bits each, with the password: two factors",
    lasts: "30 seconds, and one step either way; each works once",
    guessing: slowed,
    routes: ["POST /api/auth/second-factor"],
  },
  {
    name: "Backup code",
    takes: "the same, in place of the app",
    strength: "see docs/SIGN-IN.md, with the password: two factors",
    lasts: "until it is used, or others are made",
    guessing: slowed,
    routes: ["POST /api/auth/second-factor"],
  },
  {
    name: "First password, changed",
    takes: "a step of the sign-in, and another password",
    strength: "that of the steps before",
    lasts: "ten minutes",
    guessing: slowed,
    routes: ["POST /api/auth/new-password"],
  },
  {
    name: "Session",
    takes: "a token in a cookie or a header",
    strength: "256 bits; what gives rights takes a sign-in of the last ten minutes as well",
    lasts: "`NERVE_SESSION_HOURS`, and `NERVE_SESSION_IDLE_MINUTES` without use",
    guessing: "hopeless",
    routes: [],
  },
  {
    name: "Refresh token",
    takes: "the token of a session that lives",
    strength: "256 bits; that of the sign-in",
    lasts: "30 days after the sign-in; each works once, and an older one ends the session",
    guessing: "hopeless, and limited by address",
    routes: ["POST /api/auth/refresh"],
  },
  {
    name: "API key",
    takes: "the key, in a header",
    strength: "256 bits; only what its owner's role and its own list allow, and nothing that gives rights",
    lasts: "until its end or until it is revoked",
    guessing: "hopeless",
    routes: [],
  },
  {
    name: "Link to reset a password",
    takes: "the mailed token",
    strength: "256 bits; sets a password and signs nobody in: the second factor is asked for all the same",
    lasts: "30 minutes, once",
    guessing: "hopeless, and limited by address",
    routes: ["POST /api/auth/password/reset-request", "POST /api/auth/password/reset"],
  },
  {
    name: "Link to confirm an address",
    takes: "the mailed token",
    strength: "256 bits; confirms the address and signs nobody in",
    lasts: "a day, once",
    guessing: "hopeless, and limited by address",
    routes: ["POST /api/auth/email/verify"],
  },
  {
    name: "Set-up link",
    takes: "the token that `nerve serve` shows to whoever started it",
    strength: "256 bits; makes the first administrator, while there are no users",
    lasts: "24 hours, once",
    guessing: "hopeless, and limited by address",
    routes: ["POST /api/setup"],
  },
  {
    name: "Command line",
    takes: "an account of the system that reads the database and the key file, or knows the URL of PostgreSQL",
    strength: "that of the machine: whoever has it needs no password of NERVE's",
    lasts: "–",
    guessing: "–",
    routes: [],
  },
  {
    name: "Program on the server's machine",
    takes: "a connection from the machine itself, for `/metrics` alone",
    strength: "reads metrics, nothing else",
    lasts: "–",
    guessing: "–",
    routes: [],
  },
];

/** Prints docs/security/WAYS-IN.md: every way in, its strength, and the routes that are open to everybody. */
export function printWaysInDocument(routes: readonly DocumentedRoute[]): string {
  const open = routes.filter(({ access }) => access === "anybody").map(({ method, url }) => `${method} ${url}`);
  return printPage("Ways in", "scripts/security-documents/ways-in.ts and the routes", [
    "Every way to be taken for somebody, and how strong it is. None is weaker than it looks: a reset, a key or the command line skips no\nsecond factor of a sign-in. [SIGN-IN.md](../SIGN-IN.md) says more of each.",
    printTable(
      ["Way", "Takes", "Strength", "Lasts", "Guessing"],
      waysIn.map(({ name, takes, strength, lasts, guessing }) => [name, takes, strength, lasts, guessing]),
    ),
    "## Routes that are open to everybody",
    "All others take a session or a key (docs/ROLES.md).",
    printTable(
      ["Route", "Takes"],
      open.map((route) => [
        `\`${route}\``,
        waysIn
          .filter((way) => way.routes.includes(route))
          .map(({ name }) => name)
          .join(", ") || "nothing, and changes nothing",
      ]),
    ),
  ]);
}
