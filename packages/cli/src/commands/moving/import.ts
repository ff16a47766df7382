import { type Database, importLegacy, openRejectsFile } from "@nerve/database";
import { addCommand, addGroup, type Call, type RegisterCommands } from "../../command.ts";
import { useDatabase } from "../../database.ts";
import { addFeedImports } from "../surface/import-feeds.ts";
import { addImportList } from "../surface/import-list.ts";
import { addImportShow } from "../surface/import-show.ts";
import { formatMovingSummary } from "./summary.ts";
import { addReportImports } from "../surface/import-reports.ts";
import { createProgress } from "../../progress.ts";

interface LegacyOptions {
  readonly rejects?: string;
  readonly dryRun?: true;
}

export const registerImport: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "import", "reports of scanners, and data from elsewhere");
  addReportImports(group, surroundings);
  addFeedImports(group, surroundings);

  addCommand<LegacyOptions>(group, surroundings, {
    usage: "legacy",
    description: "take over the database of the Python NERVE, all or nothing; it is only read",
    options: (command) =>
      command
        .argument("<file>", "its ghost.db; stop what writes it first")
        .option("--rejects <file>", "write each row that is left behind or changed here, as a line of JSON")
        .option("--dry-run", "tell what would happen, and change nothing"),
    fields: { file: "The file" },
    run: (call) =>
      useDatabase(
        call,
        (db) => runImport(db, call),
        call.options.dryRun === true ? {} : { migrations: "apply", createFile: true },
      ),
  });
  addImportList(group, surroundings);
  addImportShow(group, surroundings);
};

async function runImport(db: Database, { context, options, words: [file = ""] }: Call<LegacyOptions>) {
  const rejects = options.rejects === undefined ? undefined : openRejectsFile(options.rejects);
  const progress = createProgress(context);
  try {
    const summary = await importLegacy(db, {
      file,
      ...(rejects === undefined ? {} : { onReject: rejects.write }),
      dryRun: options.dryRun ?? false,
      onProgress: progress.show,
    });
    return { json: summary, text: formatMovingSummary(summary, options).join("\n\n") };
  } finally {
    progress.end();
    rejects?.close();
  }
}
