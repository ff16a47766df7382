import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs that single tests run, and the Debian package of each. */
const packages = {
  caddy: "caddy",
  nginx: "nginx-light",
  openssl: "openssl",
  pg_basebackup: "postgresql-client",
  pg_dump: "postgresql-client",
  pg_restore: "postgresql-client",
  pgbouncer: "pgbouncer",
  prometheus: "prometheus",
  promtool: "prometheus",
  psql: "postgresql-client",
  sqlite3: "sqlite3",
  "systemd-analyze": "systemd",
  unshare: "util-linux",
} as const;

/** A program that single tests run. */
export type SystemProgram = keyof typeof packages;

/**
 * Finds a program that npm cannot bring. Tests that need it say `test.skipIf(program === undefined)`, so that a fresh
 * clone passes with nothing but npm; continuous integration must have it.
 *
 * @returns its path; undefined where it is not installed.
 * @throws Error that names the package to install, when it is missing in continuous integration.
 */
export function findSystemProgram(name: SystemProgram): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  const path = folders.map((folder) => join(folder, name)).find(isProgram);
  if (path === undefined && process.env["CI"] === "true") {
    throw new Error(`Tests need ${name}, which is not installed: apt-get install ${packages[name]}`);
  }
  return path;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
