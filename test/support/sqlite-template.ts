import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";

/** What the global set-up hands to the test files. */
export interface SqliteForTests {
  /** A migrated database file that nobody has open. */
  readonly template: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    sqlite: SqliteForTests;
  }
}

/**
 * Makes the file that the test databases of this run are copies of.
 *
 * @param fill brings the database at the URL to the state that every test file starts from; must close it.
 * @returns the file, and a function that deletes it.
 */
export async function createSqliteTemplate(fill: (url: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "nerve-template-"));
  const template = join(folder, "template.db");
  await fill(`sqlite:${template}`);
  return { template, remove: () => rm(folder, { recursive: true }) };
}

/** Puts a migrated database without a row of its own there, and gives its URL: migrating an empty one takes long. */
export async function placeSqliteTemplate(file: string): Promise<string> {
  await copyFile(inject("sqlite").template, file);
  return `sqlite:${file}`;
}
