import { readFileSync } from "node:fs";
import {
  confirmClosures,
  type Database,
  DatabaseError,
  importReport,
  type ImportReceipt,
  inspectReport,
  type ReportFile,
  reportFile,
  type ReportToImport,
  resumeImports,
  translateFileError,
  undoImport,
  ValidationError,
} from "@nerve/database";
import type { Command } from "commander";
import { commandLineCaller } from "../../actor.ts";
import { addCommand, type Answer, type Call, type Surroundings } from "../../command.ts";
import { readSettings, useDatabase } from "../../database.ts";
import { CommandError, describeFailure, exitCodes, UsageError } from "../../failure.ts";
import { requireCompany } from "../../find-records.ts";
import { offer } from "../../offer.ts";
import { choice, wholeNumber } from "../../options.ts";
import { printableLine } from "../../printable.ts";
import { createStepReport } from "../../progress.ts";
import { describeReceipts } from "./receipt.ts";

interface ResumeOptions {
  readonly file?: string;
}

interface ScanOptions {
  readonly format: string;
  readonly company?: string;
  readonly target?: string;
  readonly series?: string;
  readonly covers?: readonly string[];
  readonly map?: readonly string[];
  readonly complete?: true;
  readonly partial?: true;
  readonly close?: ReportToImport["close"];
  readonly asNewest?: true;
  readonly dryRun?: true;
}

/** Adds the commands that take reports of scanners in, and back. */
export function addReportImports(group: Command, surroundings: Surroundings): void {
  addCommand<ScanOptions>(group, surroundings, {
    usage: "scan",
    description: "take reports of scanners in; several in the order of their times; 1 when one is partial or was held",
    options: addScanOptions,
    fields: { companyId: "--company" },
    run: (call) => useDatabase(call, (db) => importScans(db, call)),
  });
  offer(group, surroundings, "confirm <id>", confirmClosures, {
    given: { id: { about: "of the import, as its receipt tells" } },
    say: ({ importId, closed }) => `Import ${importId}: ${closed} findings were closed.`,
  });
  addCommand<ResumeOptions>(group, surroundings, {
    usage: "resume <id>",
    description: "go on with an import whose process died, or that failed, from its report",
    options: (command) => command.option("--file <file>", "the report; unless told, the one that the server kept"),
    run: (call) => useDatabase(call, (db) => resumeOne(db, call)),
  });
  offer(group, surroundings, "undo <id>", undoImport, {
    given: { id: { about: "of the import, as its receipt tells" } },
    say: ({ importId, withdrawn, restored, kept }) =>
      `Import ${importId} is taken back. Findings that are gone: ${withdrawn}, as they were: ${restored}, kept: ${kept}.`,
  });
}

async function resumeOne(db: Database, call: Call<ResumeOptions>): Promise<Answer> {
  const { options, words, context } = call;
  const report = createStepReport(context);
  const { importFolder: folder } = readSettings(call);
  const { receipts } = await resumeImports(db, {
    id: wholeNumber(words[0] ?? ""),
    folder,
    ...(options.file === undefined ? {} : { file: options.file }),
    onProgress: ({ records }) => report(`${records} records`),
  });
  return answerOf(
    receipts,
    receipts.map(({ scanId: name }) => ({ name })),
    { dryRun: false },
  );
}

/** 1 where somebody has to look. */
function answerOf(
  imports: readonly ImportReceipt[],
  files: readonly { name: string }[],
  { dryRun }: { dryRun: boolean },
): Answer {
  const [only] = imports;
  const isWhole = imports.every(({ held, outcome }) => held === 0 && outcome === "read");
  return {
    json: imports.length === 1 ? only : { imports },
    text: describeReceipts(imports, files, { dryRun }).join("\n"),
    exitCode: isWhole ? exitCodes.done : exitCodes.no,
  };
}

function addScanOptions(command: Command): Command {
  return command
    .argument("<file...>", "the reports, packed with gzip or not")
    .option("--format <name>", "which format they have; found out unless told", "auto")
    .option("--company <domain>", "a domain of the company that was scanned; where there is one, it is that")
    .option("--target <name>", "what was scanned, where the report does not say: a repository, an image, a host")
    .option("--series <name>", "the repeated scan that they belong to")
    .option("--covers <target...>", "what they speak for; @file reads it from a file, a line each")
    .option(
      "--map <field=heading...>",
      "for rows of any tool (--format csv): the heading of a field, such as rule=Plugin",
    )
    .option("--complete", "they speak for all that their series ever saw")
    .option("--partial", "they close nothing, whatever they say")
    .addOption(choice("--close <what>", "what they may close", ["covered", "never", "unheld"]))
    .option("--as-newest", "take them although their series has newer ones")
    .option("--dry-run", "tell what would happen, and change nothing");
}

async function importScans(db: Database, { context, options, words }: Call<ScanOptions>): Promise<Answer> {
  const { company, covers, complete = false, partial = false, asNewest = false, dryRun = false } = options;
  const { format, target, series, close, map } = options;
  const report = createStepReport(context);
  const common = {
    ...(company === undefined ? {} : { companyId: (await requireCompany(db, company)).id }),
    ...(target === undefined ? {} : { target }),
    ...(series === undefined ? {} : { series }),
    ...(covers === undefined ? {} : { covers: covers.flatMap(readTargets) }),
    ...(map === undefined ? {} : { mapping: Object.fromEntries(map.map(readPair)) }),
    ...(close === undefined ? {} : { close }),
    format,
    complete,
    partial,
    asNewest,
    dryRun,
  };
  const files = await inOrderOfTime(await Promise.all(words.map((path) => reportFile(path))), format);
  const imports: ImportReceipt[] = [];
  for (const source of files) {
    const fileName = source.name;
    const onProgress = ({ records }: { records: number }) => report(`${fileName}: ${records} records`);
    const given = { ...common, source, fileName, onProgress };
    imports.push(await naming(source, files, () => importReport(db, given, commandLineCaller)));
  }
  return answerOf(imports, files, { dryRun });
}

/** Reads what `--map` names: a field, and its heading. */
function readPair(text: string): [field: string, heading: string] {
  const at = text.indexOf("=");
  if (at < 1)
    throw new UsageError(
      `--map ${printableLine(text)} names no heading.`,
      "Give a field and its heading: --map rule=Plugin.",
    );
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Reads what `--covers` names: a target, or a file of them. */
function readTargets(text: string): string[] {
  if (!text.startsWith("@")) return [text];
  const path = text.slice(1);
  try {
    return readFileSync(path, "utf8")
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "");
  } catch (error) {
    throw translateFileError(error, path);
  }
}

/** Reads all of them before the first is taken in: one that cannot be read keeps the others out. Those without a time come last. */
async function inOrderOfTime(files: readonly ReportFile[], format: string): Promise<readonly ReportFile[]> {
  if (files.length === 1) return files;
  const dated: { file: ReportFile; at: number }[] = [];
  for (const file of files) {
    const { survey } = await naming(file, files, () => inspectReport(file, { format }));
    dated.push({ file, at: (survey.startedAt ?? survey.finishedAt)?.getTime() ?? Infinity });
  }
  return dated.toSorted((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at))).map(({ file }) => file);
}

/** Names the file in what goes wrong, where there are several. */
async function naming<T>({ path }: ReportFile, files: readonly ReportFile[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfReport = error instanceof DatabaseError && !(error instanceof ValidationError);
    if (files.length === 1 || !isOfReport) throw error;
    const failure = describeFailure(error);
    throw new CommandError({ ...failure, message: `${path}: ${failure.message}` }, { cause: error });
  }
}
