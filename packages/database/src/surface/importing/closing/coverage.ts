import { type Asset, assetIdentity, assetOf, readTarget, type ReportSurvey } from "@nerve/formats";
import type { Survey } from "../../reading/report-reader.ts";
import { resolveAsset } from "../inventory/resolve-asset.ts";

/** What the caller says of what a report may close. */
export interface ClosingOptions {
  readonly covers?: readonly string[] | undefined;
  readonly complete?: boolean | undefined;
  readonly partial?: boolean | undefined;
  readonly close?: "covered" | "never" | "unheld" | undefined;
}

/** What a report is entitled to speak about, as it is stored with the import. */
export interface ResolvedCoverage {
  /** Whether it may close anything at all. */
  readonly speaks: boolean;
  /** All that the series ever saw. */
  readonly everything: boolean;
  /** Assets by kind and key; a host stands for its services. */
  readonly assets: readonly string[];
  /** Only these ports of them; null where it was no scan of ports. */
  readonly ports: NonNullable<ReportSurvey["coverage"]["ports"]> | null;
  readonly commands: NonNullable<ReportSurvey["coverage"]["commands"]> | null;
  readonly except: readonly string[];
  readonly reason: string | null;
}

/** Settles what a report may close, from what it says of itself and what the caller says of it. */
export function resolveCoverage(
  survey: Survey,
  options: ClosingOptions,
  { target, targetName }: { target: Asset | null; targetName: string | null },
): ResolvedCoverage {
  const { coverage } = survey;
  const named =
    coverage.kind === "named" ? coverage.targets.map((asset) => resolveAsset(asset, target, targetName)) : [];
  // Code of which nobody says whose it is may be anybody's.
  const known = named.filter(({ key }) => key !== "").map(({ kind, key }) => `${kind} ${key}`);
  const assets = [...known, ...(options.covers ?? []).flatMap(assetsNamed)];
  const everything = options.complete === true;
  return {
    speaks: mayClose(survey, options) && (everything || assets.length > 0),
    everything,
    assets,
    ports: coverage.ports ?? null,
    commands: coverage.commands ?? null,
    except: coverage.except ?? [],
    reason: options.partial === true ? "the caller says that the report is partial" : (coverage.reason ?? null),
  };
}

function mayClose({ coverage, outcome }: Survey, { partial = false, close = "covered" }: ClosingOptions): boolean {
  return outcome === "read" && coverage.kind !== "none" && !partial && close !== "never";
}

/** What a text of the caller may mean: a host, a service, or something by its name. */
function assetsNamed(text: string): string[] {
  const target = readTarget(text);
  const byName = (["repository", "image", "resource"] as const).map((kind) => assetIdentity({ kind, name: text }));
  return target === undefined ? byName : [assetIdentity(assetOf(target)), ...byName];
}

/** An asset as reports name it. */
interface AssetName {
  readonly kind: string;
  readonly key: string;
}

/** Tells whether a report may say of an asset that something on it is gone, by any of the names of the asset. */
export function coveredBy({ speaks, everything, assets }: ResolvedCoverage): (names: readonly AssetName[]) => boolean {
  const named = new Set(assets);
  const isNamed = ({ kind, key }: AssetName) =>
    named.has(`${kind} ${key}`) || (kind === "service" && named.has(`host ${hostOf(key)}`));
  return (names) => speaks && (everything || names.some(isNamed));
}

/** The host of a service's key: `[2001:db8::1]:443/tcp`, `a.example:443/tcp`. */
function hostOf(key: string): string {
  return key.replace(/:\d+\/\w+$/, "").replace(/^\[(.*)\]$/, "$1");
}

/** Tells whether a report has looked at an asset: a scan of ports has not looked at the services of others. */
export function isPortCovered({ ports }: Pick<ResolvedCoverage, "ports">, { kind, key }: AssetName): boolean {
  if (ports === null || kind !== "service") return true;
  const match = /:(\d+)\/(\w+)$/.exec(key);
  const port = Number(match?.[1]);
  return ports.some(({ transport, from, to }) => transport === match?.[2] && port >= from && port <= to);
}
