import { dirname } from "node:path";
import { Database, type Handle } from "../../database/handle.ts";
import { findExposed } from "../../files/private-file.ts";

/** A file or folder of the database that other accounts of the machine may use. */
export interface ExposedFile {
  /** Which it is; its path is nobody's business but the operator's. */
  readonly what: string;
  /** The bits of its mode, in octal: `0644`. */
  readonly mode: string;
}

/** Finds which of the database's files, and the folder that they lie in, are open to other accounts. */
export async function checkFiles(db: Handle): Promise<ExposedFile[]> {
  const { database, keys } = db instanceof Database ? db.files : {};
  const named: [string, string | undefined][] =
    database === undefined
      ? []
      : [
          ["The folder of the database", dirname(database)],
          ["The database file", database],
          ["The write-ahead log", `${database}-wal`],
        ];
  if (keys !== undefined) named.push(["The key file", keys]);
  const found: ExposedFile[] = [];
  for (const [what, path] of named) {
    const [exposed] = path === undefined ? [] : await findExposed([path]);
    if (exposed !== undefined) found.push({ what, mode: exposed.mode });
  }
  return found;
}
