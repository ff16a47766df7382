import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Clock, systemClock } from "../../database/clock.ts";
import { day } from "../../database/durations.ts";
import { ValidationError } from "../../errors/index.ts";
import { flushFolder } from "../../files/durable.ts";
import { hasCode, translateFileError } from "../../files/errors.ts";
import { openWorkFolder } from "./work-folder.ts";
import * as input from "../../validation/input.ts";
import { type CataloguedBackup, isDatedAhead, readCatalogue } from "./catalogue.ts";
import * as fields from "./fields.ts";
import { findKeyRing, signatureFields, type SignatureOptions } from "./manifest/signature.ts";
import { backupIdOf, isManifestName, unfinishedPrefix } from "./manifest/names.ts";
import { partsAreIntact } from "./parts/parts.ts";

/** Which backups are kept; what any rule keeps stays. */
export interface RetentionRules extends SignatureOptions {
  /** How many of the newest. */
  keep?: number | undefined;
  /** The newest one of each of so many days (UTC) that have any. */
  daily?: number | undefined;
  /** The newest one of each of so many weeks (Monday to Sunday, UTC) that have any. */
  weekly?: number | undefined;
  /** The newest one of each of so many months (UTC) that have any. */
  monthly?: number | undefined;
  /** Only says what would be deleted. Default false. */
  dryRun?: boolean | undefined;
  /** Where the time comes from. Default the machine's clock. */
  clock?: Clock | undefined;
}

/** What a pruning kept and deleted, by the ids that begin the names of the files; newest first. */
export interface PruneOutcome {
  kept: string[];
  deleted: string[];
}

const number = () => input.boundedInteger({ min: 1, max: 10_000 }).optional();
const schema = z.strictObject({
  keep: number(),
  daily: number(),
  weekly: number(),
  monthly: number(),
  dryRun: z.boolean().default(false),
  clock: z.custom<Clock>().optional(),
  ...signatureFields,
});

type Rules = Pick<z.output<typeof schema>, "keep" | "daily" | "weekly" | "monthly">;

/** The newest of each period, for so many periods. */
function newestOfEach(
  backups: readonly CataloguedBackup[],
  periods: number,
  periodOf: (time: Date) => string,
): string[] {
  const newest = new Map<string, string>();
  for (const { manifest } of backups) {
    const period = periodOf(new Date(manifest.createdAt));
    if (!newest.has(period)) newest.set(period, manifest.id);
  }
  return [...newest.values()].slice(0, periods);
}

const dayOf = (time: Date) => time.toISOString().slice(0, 10);
const monthOf = (time: Date) => time.toISOString().slice(0, 7);
const weekOf = (time: Date) => dayOf(new Date(time.getTime() - ((time.getUTCDay() + 6) % 7) * day));

function keptByRules(backups: readonly CataloguedBackup[], { keep, daily, weekly, monthly }: Rules): Set<string> {
  return new Set([
    ...backups.slice(0, keep ?? 0).map(({ manifest }) => manifest.id),
    ...newestOfEach(backups, daily ?? 0, dayOf),
    ...newestOfEach(backups, weekly ?? 0, weekOf),
    ...newestOfEach(backups, monthly ?? 0, monthOf),
  ]);
}

function isVerified({ manifest }: CataloguedBackup): boolean {
  return manifest.verified;
}

function idsOf(backups: readonly CataloguedBackup[]): string[] {
  return backups.map(({ manifest }) => manifest.id);
}

/** The newest backup that was verified and is still as it was then; failing that, the newest that is whole. */
async function lastGood(backups: readonly CataloguedBackup[]): Promise<CataloguedBackup | undefined> {
  for (const backup of [...backups.filter(isVerified), ...backups.filter((one) => !isVerified(one))]) {
    if (await partsAreIntact(backup.path, backup.manifest)) return backup;
  }
  return undefined;
}

/**
 * Deletes old backups. The last verified one whose files are still intact always stays, whatever the rules say; so do those that
 * are dated ahead of the clock, until their time has come; what an
 * interrupted pruning or backup left without a manifest is deleted as well.
 *
 * The rules count what the installation signed, and everything else by itself: no date that somebody wrote into a manifest
 * makes another backup go.
 *
 * @param folder where the backups are
 * @param rules at least one of `keep`, `daily`, `weekly`, `monthly`; `dryRun` deletes nothing; `database`, open or its URL,
 *   with `keys` or `keyFile` where that does not know them: whose signature counts
 * @returns the ids kept and deleted
 * @throws {ValidationError} INVALID_INPUT without a rule
 * @throws {DatabaseError} FILE_UNUSABLE when a file cannot be deleted
 * @example
 * const { deleted } = await pruneBackups("backups", { keep: 3, daily: 7, weekly: 4, monthly: 12 });
 */
export async function pruneBackups(folder: string, rules: RetentionRules): Promise<PruneOutcome> {
  const parsed = input.parseInput(schema, rules);
  if ([parsed.keep, parsed.daily, parsed.weekly, parsed.monthly].every((rule) => rule === undefined)) {
    throw new ValidationError([{ field: "keep", message: "or another rule is required" }]);
  }
  const clock = parsed.clock ?? systemClock;
  const ring = await findKeyRing(parsed.database, parsed);
  const place = input.parseInput(fields.path(), folder, { field: "folder" });
  const backups = await readCatalogue(place, ring, clock);
  // One that is dated ahead may be newer than any other, or older: it takes no other's place, and stays.
  const ahead = backups.filter((backup) => isDatedAhead(backup, clock));
  const dated = backups.filter((backup) => !ahead.includes(backup));
  const groups = [dated.filter(({ signed }) => signed), dated.filter(({ signed }) => !signed)];
  const kept = new Set(idsOf(ahead));
  for (const group of groups) for (const id of await keptOf(group, parsed)) kept.add(id);
  const goes = backups.filter(({ manifest }) => !kept.has(manifest.id));
  if (!parsed.dryRun) await deleteBackups(folder, goes);
  return { kept: idsOf(backups.filter(({ manifest }) => kept.has(manifest.id))), deleted: idsOf(goes) };
}

async function keptOf(backups: readonly CataloguedBackup[], rules: Rules): Promise<Set<string>> {
  const kept = keptByRules(backups, rules);
  const good = await lastGood(backups);
  return good === undefined ? kept : kept.add(good.manifest.id);
}

async function deleteBackups(folder: string, backups: readonly CataloguedBackup[]): Promise<void> {
  try {
    // Manifests first, oldest backup first: without it, what is left does not count.
    for (const { path, manifest } of backups.toReversed()) {
      await rm(path, { force: true });
      for (const { file } of manifest.parts) await rm(join(dirname(path), file), { force: true });
    }
    await deleteLeftovers(folder);
  } catch (error) {
    throw translateFileError(error);
  }
}

/** Deletes parts without a manifest; not while a backup is being made, whose manifest comes last. */
async function deleteLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  });
  if (names.length === 0) return;
  // Opening one removes those that killed processes left; any that is there still belongs to somebody.
  const work = await openWorkFolder(folder, unfinishedPrefix);
  await work.remove();
  const left = await readdir(folder);
  if (left.some((name) => name.startsWith(unfinishedPrefix))) return;
  const complete = new Set(left.filter(isManifestName).map(backupIdOf));
  const orphans = left.filter((name) => backupIdOf(name) !== null && !complete.has(backupIdOf(name)));
  for (const name of orphans) await rm(join(folder, name), { force: true });
  await flushFolder(folder);
}
