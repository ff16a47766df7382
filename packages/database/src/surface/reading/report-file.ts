import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { ReportSource } from "@nerve/formats";
import { DatabaseError } from "../../errors/index.ts";
import { translateFileError } from "../../files/errors.ts";

/** A report that is a file. */
export interface ReportFile extends ReportSource {
  readonly path: string;
  readonly name: string;
  readonly size: number;
}

/**
 * Looks at a file that holds a report, for `importReport` and `inspectReport`. It is opened by these, and must not change meanwhile.
 *
 * @param path of the file
 * @param options `name`: what it is called, by which formats that look alike are told apart; default the file's own name
 * @returns what opens it
 * @throws {DatabaseError} FILE_UNUSABLE when there is no such file, or this account may not look at it
 * @example
 * const told = await reportFile("no-such-report.xml").catch((error: unknown) => error);
 * console.log(told instanceof DatabaseError && told.code); // FILE_UNUSABLE
 */
export async function reportFile(path: string, { name = basename(path) }: { name?: string } = {}): Promise<ReportFile> {
  const found = await stat(path).catch((error: unknown) => {
    throw translateFileError(error, path);
  });
  if (!found.isFile()) throw new DatabaseError("FILE_UNUSABLE", { message: `${resolve(path)} is no plain file.` });
  return { path, name, size: found.size, open: () => createReadStream(path) };
}
