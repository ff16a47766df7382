import { copyDatabase, type CopySummary, openRejectsFile } from "@nerve/database";
import { addCommand, type Call, type RegisterCommands } from "../../command.ts";
import type { Context } from "../../context.ts";
import { exitCodes, UsageError } from "../../failure.ts";
import { readGivenUrl } from "../../given-url.ts";
import { formatMovingSummary } from "./summary.ts";
import { createProgress } from "../../progress.ts";

interface CopyOptions {
  readonly from?: string;
  readonly fromFile?: string;
  readonly to?: string;
  readonly toFile?: string;
  readonly dryRun?: true;
  readonly resume?: true;
  readonly rejects?: string;
  readonly allowExtra?: true;
}

export const registerCopy: RegisterCommands = (program, surroundings) => {
  addCommand<CopyOptions>(program, surroundings, {
    usage: "copy",
    description:
      "copy a database into an empty one, between any two engines; the source is only read. Ends with 1 where something was left behind that nobody allowed",
    options: (command) =>
      command
        .option("--from <url>", "the database to read")
        .option("--from-file <file>", "a file that holds its URL, for one with a password")
        .option("--to <url>", "the database to fill; it is made, or has to be empty")
        .option("--to-file <file>", "a file that holds its URL, for one with a password")
        .option("--dry-run", "read and check every row, and write nothing")
        .option("--resume", "take up a copy that was interrupted")
        .option("--allow-extra", "end with 0 although the source has tables or columns that are not copied")
        .option("--rejects <file>", "write each row that is left behind or changed here, as a line of JSON"),
    fields: { url: "--from or --to", readUrl: "--from or --to" },
    run: runCopy,
  });
};

async function runCopy({ context, options }: Call<CopyOptions>) {
  const { dryRun, resume, rejects: rejectsFile, allowExtra = false } = options;
  const from = requireUrl(context, { url: options.from, file: options.fromFile, option: "--from" });
  const to = requireUrl(context, { url: options.to, file: options.toFile, option: "--to" });
  const rejects = rejectsFile === undefined ? undefined : openRejectsFile(rejectsFile);
  const progress = createProgress(context);
  try {
    const summary = await copyDatabase(from, to, {
      dryRun: dryRun ?? false,
      resume: resume ?? false,
      ...(rejects === undefined ? {} : { onReject: rejects.write }),
      onProgress: progress.show,
    });
    const exitCode = isFaithful(summary, allowExtra) ? exitCodes.done : exitCodes.no;
    return { json: summary, text: formatMovingSummary(summary, options).join("\n\n"), exitCode };
  } finally {
    progress.end();
    rejects?.close();
  }
}

function requireUrl(context: Context, given: Parameters<typeof readGivenUrl>[1]): string {
  const url = readGivenUrl(context, given);
  if (url !== undefined) return url;
  throw new UsageError(`${given.option} or ${given.option}-file is missing.`, "See `nerve copy --help`.");
}

/** Whether what arrived is what was sent, and all that there was. */
function isFaithful({ tables, extraTables, extraColumns }: CopySummary, allowExtra: boolean): boolean {
  if (!allowExtra && extraTables.length + extraColumns.length > 0) return false;
  return tables.every(({ checksumMatch }) => checksumMatch !== false);
}
