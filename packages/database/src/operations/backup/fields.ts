import { z } from "zod";
import * as input from "../../validation/input.ts";

/** A path of the file system. */
export const path = () => input.text({ max: 4096 });
/** The secret that a backup is encrypted with: long enough that guessing it is hopeless. */
export const secret = () => z.string().min(16).max(1024);

/** Options that every function takes which may have to run PostgreSQL's client programs. */
export const toolFields = {
  programsFolder: path().optional(),
  searchPath: input.text({ max: 32_768 }).optional(),
  maintenanceUrl: path().optional(),
};

/** What PostgreSQL needs; SQLite ignores it. */
export interface ToolOptions {
  /** Folder of `pg_dump` and `pg_restore`. Default: found in `searchPath`, then in the system's usual folders. */
  programsFolder?: string | undefined;
  /** Folders to look for the programs, in the form of PATH. */
  searchPath?: string | undefined;
  /** URL of a role that may create and rename databases, when the database's own may not. */
  maintenanceUrl?: string | undefined;
}
