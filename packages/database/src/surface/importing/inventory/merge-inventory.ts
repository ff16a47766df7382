import { isDeepStrictEqual } from "node:util";
import type { CheckRecord, HostRecord, LinkRecord, ScanRecord, ServiceRecord } from "@nerve/formats";
import { hostKey, isAddress } from "@nerve/formats";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll, runQuery } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { insertMany } from "../../../rows/insert-many.ts";
import { assetNames, assets } from "../../../schema/surface/assets.ts";
import { assetChecks } from "../../../schema/surface/findings.ts";
import { identityOf } from "./ensure-assets.ts";
import { ruleIdentity } from "../merging/ensure-rules.ts";
import type { ImportRun, SeenAsset, SeenRule } from "../running/import-run.ts";
import { areOneOf, inKeyLists } from "../key-lists.ts";
import type { JournalEntry } from "../journal.ts";
import { type AssetRef, hostRef, resolveAsset } from "./resolve-asset.ts";

/** The asset of a port that a scan tells of. */
export function serviceRef({ host, port, transport }: Pick<ServiceRecord, "host" | "port" | "transport">): AssetRef {
  return resolveAsset({ kind: "service", host, port, transport }, null, null);
}

/** The assets that hosts, services and links of a slice are about; a port that is not open is none yet. */
export function inventoryRefs(records: readonly ScanRecord[]): AssetRef[] {
  return records.flatMap((record) => {
    if (record.kind === "host") return record.host === "" ? [] : [hostRef(record.host)];
    if (record.kind === "service")
      return record.host === "" ? [] : [record.state === "open" ? serviceRef(record) : hostRef(record.host)];
    return record.kind === "link" ? [hostRef(record.from)] : [];
  });
}

/** Brings hosts, services, their names and checks up to date. */
export async function mergeInventory(
  tx: Transaction,
  run: ImportRun,
  records: readonly ScanRecord[],
  asset: (check: CheckRecord) => AssetRef,
) {
  const of = <Kind extends ScanRecord["kind"]>(kind: Kind) =>
    records.filter((record): record is Extract<ScanRecord, { kind: Kind }> => record.kind === kind);
  return [
    ...(await mergeServices(tx, run, of("service"))),
    ...(await mergeHosts(tx, run, of("host"))),
    ...(await mergeNames(tx, run, of("host"), of("link"))),
    ...(await mergeChecks(tx, run, of("check"), asset)),
  ];
}

const assetOf = (run: ImportRun, ref: AssetRef) => run.assets.get(identityOf(ref)) as SeenAsset;

interface Present {
  readonly id: number;
  readonly status: "active" | "gone" | "ignored";
  readonly details: unknown;
}

async function findPresent(tx: Transaction, ids: readonly number[]): Promise<Map<number, Present>> {
  const found = new Map<number, Present>();
  for (const some of inKeyLists(ids)) {
    const query = tx.sql.selectFrom("assets").select(["id", "status", "details"]).where("id", "in", some);
    for (const row of await fetchAll(tx, query)) found.set(row.id, row);
  }
  return found;
}

/** An open port is a service that is there; whether one that is not open has gone, coverage decides at the end. */
async function mergeServices(
  tx: Transaction,
  run: ImportRun,
  records: readonly ServiceRecord[],
): Promise<JournalEntry[]> {
  const open = new Map(
    records
      .filter(({ host, state }) => host !== "" && state === "open")
      .map((record) => [assetOf(run, serviceRef(record)).id, record]),
  );
  const present = await findPresent(tx, [...open.keys()]);
  const journal: JournalEntry[] = [];
  for (const [id, { service, product, probed, details }] of open) {
    const before = present.get(id) as Present;
    const isNew = before.details === null;
    if (!run.openServices.has(id) && (isNew || before.status === "gone")) run.counts.services.opened += 1;
    run.openServices.add(id);
    const now = {
      ...details,
      ...(service === undefined ? {} : { service }),
      ...(product === undefined ? {} : { product }),
      ...(probed === undefined ? {} : { probed }),
    };
    const isSame = !isNew && isDeepStrictEqual(before.details, now);
    const status = before.status === "gone" ? ("active" as const) : before.status;
    if (isSame && status === before.status) continue;
    await changeRow(tx, assets, id, { details: now, status });
    journal.push({ tableName: "assets", rowId: id, before: { details: before.details, status: before.status } });
  }
  return journal;
}

/** A host that is there again is active; one whose name leads nowhere any more is gone. Down means nothing. */
async function mergeHosts(tx: Transaction, run: ImportRun, records: readonly HostRecord[]): Promise<JournalEntry[]> {
  const told = records.filter(({ host, state }) => host !== "" && (state === "up" || state === "gone"));
  const states = new Map(told.map((record) => [assetOf(run, hostRef(record.host)).id, record.state]));
  const present = await findPresent(tx, [...states.keys()]);
  const journal: JournalEntry[] = [];
  for (const [id, state] of states) {
    const { status } = present.get(id) as Present;
    const next = state === "up" ? ("active" as const) : ("gone" as const);
    if (status === next || status === "ignored") continue;
    await changeRow(tx, assets, id, { status: next });
    journal.push({ tableName: "assets", rowId: id, before: { status } });
    if (next === "gone") run.counts.assets.gone += 1;
  }
  return journal;
}

type NameKind = "address" | "reverse" | "certificate" | "alias";

async function mergeNames(
  tx: Transaction,
  run: ImportRun,
  hosts: readonly HostRecord[],
  links: readonly LinkRecord[],
): Promise<JournalEntry[]> {
  const wanted = new Map<string, { assetId: number; kind: NameKind; name: string }>();
  const add = (assetId: number, kind: NameKind, name: string) => {
    const short = hostKey(name).slice(0, 255);
    if (short !== "") wanted.set(`${assetId} ${kind} ${short}`, { assetId, kind, name: short });
  };
  for (const { host, addresses, names } of hosts.filter((record) => record.host !== "")) {
    const { id } = assetOf(run, hostRef(host));
    for (const address of addresses) add(id, "address", address);
    for (const { kind, name } of names) add(id, kind, name);
  }
  for (const { from, to } of links) add(assetOf(run, hostRef(from)).id, isAddress(to) ? "address" : "alias", to);
  return storeNames(tx, run, wanted);
}

async function storeNames(
  tx: Transaction,
  run: ImportRun,
  wanted: ReadonlyMap<string, { assetId: number; kind: NameKind; name: string }>,
): Promise<JournalEntry[]> {
  const known = new Map<string, { id: number; lastSeenAt: Date }>();
  for (const some of inKeyLists(wanted.values())) {
    const keys = some.map(({ assetId, kind, name }) => [assetId, kind, name] as const);
    const query = tx.sql
      .selectFrom("asset_names")
      .select(["id", "asset_id", "kind", "name", "last_seen_at"])
      .where(areOneOf(["asset_id", "kind", "name"], keys));
    for (const { id, assetId, kind, name, lastSeenAt } of await fetchAll(tx, query))
      known.set(`${assetId} ${kind} ${name}`, { id, lastSeenAt });
  }
  const fresh = [...wanted].filter(([key]) => !known.has(key)).map(([, name]) => name);
  const ids = await tx.connection.dialect.reserveIds(tx.executor, assetNames, fresh.length);
  await insertMany(
    tx,
    assetNames,
    fresh.map((name, index) => ({
      ...name,
      id: ids[index] as number,
      companyId: run.companyId,
      firstSeenAt: run.scannedAt,
      lastSeenAt: run.scannedAt,
    })),
  );
  const older = [...known.values()].filter(({ lastSeenAt }) => lastSeenAt < run.scannedAt);
  for (const some of inKeyLists(older.map(({ id }) => id)))
    await runQuery(tx, tx.sql.updateTable("asset_names").set({ last_seen_at: run.scannedAt }).where("id", "in", some));
  return [
    ...ids.map((rowId): JournalEntry => ({ tableName: "asset_names", rowId, before: null })),
    ...older.map(({ id, lastSeenAt }): JournalEntry => ({
      tableName: "asset_names",
      rowId: id,
      before: { lastSeenAt },
    })),
  ];
}

async function mergeChecks(
  tx: Transaction,
  run: ImportRun,
  records: readonly CheckRecord[],
  asset: (check: CheckRecord) => AssetRef,
): Promise<JournalEntry[]> {
  const wanted = new Map<
    string,
    { assetId: number; ruleId: number; outcome: CheckRecord["outcome"]; detail: string }
  >();
  for (const record of records) {
    const assetId = assetOf(run, asset(record)).id;
    const ruleId = (run.rules.get(ruleIdentity(record.source ?? run.source, record.rule.key)) as SeenRule).id;
    if (record.outcome === "pass") run.passedRules.add(ruleId);
    wanted.set(`${assetId} ${ruleId}`, {
      assetId,
      ruleId,
      outcome: record.outcome,
      detail: record.detail.slice(0, 500),
    });
  }
  run.counts.checks += records.length;
  const known = new Map<string, { id: number } & Record<string, unknown>>();
  for (const some of inKeyLists(wanted.values())) {
    const keys = some.map(({ assetId, ruleId }) => [assetId, ruleId] as const);
    const query = tx.sql
      .selectFrom("asset_checks")
      .select(["id", "asset_id", "rule_id", "outcome", "detail", "last_seen_at", "import_id"])
      .where(areOneOf(["asset_id", "rule_id"], keys));
    for (const { assetId, ruleId, ...row } of await fetchAll(tx, query)) known.set(`${assetId} ${ruleId}`, row);
  }
  const fresh = [...wanted].filter(([key]) => !known.has(key)).map(([, check]) => check);
  const seen = { lastSeenAt: run.scannedAt, importId: run.importId };
  const ids = await tx.connection.dialect.reserveIds(tx.executor, assetChecks, fresh.length);
  await insertMany(
    tx,
    assetChecks,
    fresh.map((check, index) => ({ ...check, id: ids[index] as number, companyId: run.companyId, ...seen })),
  );
  const journal = ids.map((rowId): JournalEntry => ({ tableName: "asset_checks", rowId, before: null }));
  for (const [key, { id, ...before }] of known) {
    const { outcome, detail } = wanted.get(key) as { outcome: CheckRecord["outcome"]; detail: string };
    const isSame = before["importId"] === run.importId && before["outcome"] === outcome && before["detail"] === detail;
    if (isSame) continue;
    await changeRow(tx, assetChecks, id, { outcome, detail, ...seen });
    journal.push({ tableName: "asset_checks", rowId: id, before });
  }
  return journal;
}
