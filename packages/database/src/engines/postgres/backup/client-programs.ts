import { execFile, spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { BackupError } from "../../../errors/index.ts";
import type { BackupTools } from "../../port/backup.ts";
import type { BackupConnection } from "./backup-connection.ts";
import type { PostgresLocation } from "../connect/location.ts";
import { sessionOf } from "../connect/session.ts";

/** Programs of one PostgreSQL installation. */
export interface ClientPrograms {
  readonly folder: string;
  readonly majorVersion: number;
}

export type ClientProgram = "pg_dump" | "pg_restore";

const debianFolder = "/usr/lib/postgresql";
const usualFolders = ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"];
/** How much of a program's complaint is kept for the log. */
const complaintLength = 4000;

/** Debian keeps several versions side by side; the newest reads and writes what the older ones do. */
async function debianFolders(): Promise<string[]> {
  const versions = await readdir(debianFolder).catch(() => []);
  const newestFirst = versions.toSorted((one, other) => Number(other) - Number(one));
  return newestFirst.map((version) => join(debianFolder, version, "bin"));
}

async function foldersToSearch({ programsFolder, searchPath }: BackupTools): Promise<string[]> {
  if (programsFolder !== undefined) return [programsFolder];
  const onPath = (searchPath ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...onPath, ...(await debianFolders()), ...usualFolders];
}

async function majorVersionIn(folder: string): Promise<number | undefined> {
  const versions = await Promise.all(
    (["pg_dump", "pg_restore"] as const).map(async (program) => {
      const { stdout } = await promisify(execFile)(join(folder, program), ["--version"], { env: {} });
      return Number(/(\d+)(?:\.\d+|devel|beta|rc)/.exec(stdout)?.[1]);
    }),
  ).catch(() => []);
  const [dump, restore] = versions;
  return dump !== undefined && dump === restore && Number.isInteger(dump) ? dump : undefined;
}

/**
 * Finds `pg_dump` and `pg_restore` in the server's version or a newer one.
 * @param serverVersion major version of the server
 * @throws {BackupError} PROGRAM_MISSING that says what to install
 */
export async function findClientPrograms(tools: BackupTools, serverVersion: number): Promise<ClientPrograms> {
  const found: number[] = [];
  for (const folder of await foldersToSearch(tools)) {
    const majorVersion = await majorVersionIn(folder);
    if (majorVersion !== undefined && majorVersion >= serverVersion) return { folder, majorVersion };
    if (majorVersion !== undefined) found.push(majorVersion);
  }
  const place = tools.programsFolder === undefined ? "on this machine" : "in the folder that was set";
  const fault =
    found.length === 0
      ? `There is no pg_dump and pg_restore ${place}.`
      : `The pg_dump ${place} is of version ${Math.max(...found)}, too old for a server of version ${serverVersion}.`;
  throw new BackupError("PROGRAM_MISSING", {
    message: `${fault} Install PostgreSQL's client programs of version ${serverVersion} or newer (Debian: postgresql-client-${serverVersion}).`,
  });
}

/** Where Debian and most others keep the authorities that the machine trusts. */
const systemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

/** Whom the programs trust, as the driver does: the authority that the URL names, else those of the machine. */
function rootCertificate({ tlsMode, rootCertificate: named }: PostgresLocation, version: number): string | undefined {
  if (named !== undefined && named !== "system") return named;
  if (named === undefined && !tlsMode.startsWith("verify-")) return undefined;
  return version >= 16 ? "system" : systemAuthorities;
}

/** Everything about the connection goes through the environment: arguments are open to every account of the machine. */
export function programEnvironment(
  { location, password }: BackupConnection,
  { majorVersion }: ClientPrograms,
): Record<string, string> {
  const root = rootCertificate(location, majorVersion);
  const { clientCertificate } = location;
  return {
    PATH: usualFolders.join(delimiter),
    LC_ALL: "C",
    PGAPPNAME: "nerve backup",
    // What the role is set to would go into the archive: strings are to be read as NERVE reads them.
    PGOPTIONS: sessionOf(location, 0).options,
    PGHOST: location.host,
    PGPORT: String(location.port),
    PGUSER: location.user,
    PGDATABASE: location.database,
    PGPASSWORD: password,
    PGSSLMODE: location.tlsMode,
    ...(root === undefined ? {} : { PGSSLROOTCERT: root }),
    ...(clientCertificate && { PGSSLCERT: clientCertificate.certificate, PGSSLKEY: clientCertificate.key }),
  };
}

/** A client program that failed. */
export class ClientProgramError extends Error {
  /** The line that it wrote last of what was wrong: what follows only repeats the statement, or gives hints. */
  readonly lastLine: string;

  constructor(program: ClientProgram, code: number | null, complaint: string) {
    super(`${program} ended with code ${code}: ${complaint}`);
    const lines = complaint.trim().split("\n");
    const told = lines.findLast((line) => /\b(?:ERROR|FATAL|error):/.test(line)) ?? lines.at(-1);
    this.lastLine = told?.trim() ?? "";
  }
}

/**
 * Runs a client program to its end.
 * @param onOutput called with what it writes; what it throws ends the program
 * @throws {ClientProgramError} with the end of what the program complained about
 */
export async function runClientProgram(
  programs: ClientPrograms,
  program: ClientProgram,
  options: readonly string[],
  environment: Record<string, string>,
  onOutput?: (output: Buffer) => void | Promise<void>,
): Promise<void> {
  const child = spawn(join(programs.folder, program), options, {
    env: environment,
    stdio: ["ignore", onOutput === undefined ? "ignore" : "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = `${complaint}${text}`.slice(-complaintLength);
  });
  const consume = async () => {
    try {
      // While a piece is worked on, the program waits.
      for await (const output of child.stdout ?? []) await onOutput?.(output as Buffer);
    } catch (error) {
      child.kill();
      throw error;
    }
  };
  const consumed = consume();
  consumed.catch(() => undefined);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  await consumed;
  if (code !== 0) throw new ClientProgramError(program, code, complaint);
}
