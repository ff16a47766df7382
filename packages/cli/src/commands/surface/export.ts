import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Database, exportFindings, exportFormats, type FindingExport, translateFileError } from "@nerve/database";
import type { Command } from "commander";
import { commandLineCaller } from "../../actor.ts";
import { addCommand, type Answer, type Call, type Surroundings } from "../../command.ts";
import { useDatabase } from "../../database.ts";
import { requireCompany } from "../../find-records.ts";
import { choice } from "../../options.ts";
import { printableLine } from "../../printable.ts";
import { companyOption } from "./of-company.ts";

type Filter = NonNullable<FindingExport["filter"]>;

interface ExportOptions extends Pick<
  Filter,
  "status" | "severity" | "source" | "cve" | "tag" | "search" | "open" | "exploited"
> {
  readonly format: FindingExport["format"];
  readonly company?: string;
  readonly bom?: true;
}

/** Adds the command that writes findings into a file. */
export function addFindingExport(group: Command, surroundings: Surroundings): void {
  addCommand<ExportOptions>(group, surroundings, {
    usage: "export",
    description: "write findings into a new file that only this account can read",
    options: (command) =>
      command
        .argument("<file>", "where they are written; it must not be there")
        .addOption(
          choice(
            "--format <format>",
            "SARIF 2.1.0, CSV, or lines of JSON that an import takes back",
            exportFormats,
          ).makeOptionMandatory(),
        )
        .option(...companyOption)
        .option("--open", "open and confirmed ones only")
        .option("--no-open", "the contrary")
        .option("--status <status>", "in this state")
        .option("--severity <severity>", "of this severity")
        .option("--source <source>", "of this family of tools")
        .option("--cve <cve>", "with this number of the CVE list")
        .option("--tag <tag>", "with this tag, or on an asset with it")
        .option("--exploited", "known to be exploited somewhere")
        .option("--search <words>", "by words of the rule, or the beginning of the asset's name")
        .option("--bom", "begin CSV with a byte order mark"),
    fields: { companyId: "--company", filter: "The filter" },
    run: (call) => useDatabase(call, (db) => writeFindings(db, call)),
  });
}

async function writeFindings(db: Database, { options, words: [file = ""] }: Call<ExportOptions>): Promise<Answer> {
  const { format, company, bom = false, status, severity, source, cve, tag, exploited, search, open } = options;
  const given = Object.entries({ status, severity, source, cve, tag, exploited, search, open });
  const filter: Filter = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const companyId = company === undefined ? undefined : (await requireCompany(db, company)).id;
  const pieces = exportFindings(db, { format, companyId, bom, filter }, commandLineCaller);
  // What is refused leaves no file.
  const first = await pieces.next();
  let bytes = 0;
  async function* measured(): AsyncGenerator<Buffer> {
    if (first.done !== true) yield measure(first.value);
    for await (const piece of pieces) yield measure(piece);
  }
  const measure = (piece: string) => {
    const encoded = Buffer.from(piece);
    bytes += encoded.length;
    return encoded;
  };
  const target = createWriteStream(file, { flags: "wx", mode: 0o600 });
  try {
    await pipeline(measured, target);
  } catch (error) {
    await pieces.return();
    const isOwn = (error as NodeJS.ErrnoException).code !== "EEXIST";
    if (isOwn) await rm(file, { force: true });
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : translateFileError(error, file);
  }
  return { json: { file, format, bytes }, text: printableLine(`The findings are in ${file} (${bytes} bytes).`) };
}
