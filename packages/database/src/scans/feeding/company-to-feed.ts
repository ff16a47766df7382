import { readTarget, hostKey, isAddress } from "@nerve/formats";
import type { Caller } from "../../access/caller.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchAll, statement } from "../../database/statement.ts";
import { hasPrimaryDomain, listsDomain } from "../../identity/companies/company-domains.ts";

const companyOfOwner = statement((sql, { userId }: { userId: number }) =>
  sql
    .selectFrom("users")
    .innerJoin("companies", "companies.id", "users.company_id")
    .select(["companies.id", "companies.deleted_at"])
    .where("users.id", "=", userId),
);

/** Whose a scan is, and what it looked at. */
interface Scan {
  readonly ownerId: number | null;
  readonly target: string;
}

/**
 * Finds the company whose findings a scan's are: that of its owner, else the one in whose domain the target lies. By the target alone
 * it is found only for callers who reach every company: else whoever names a foreign domain would write there.
 *
 * @returns null where there is none, it was deleted, or the caller does not reach it
 */
export async function companyToFeed(
  db: Handle,
  { ownerId, target }: Scan,
  { scope }: Pick<Caller, "scope">,
): Promise<number | null> {
  if (scope.kind === "own" && scope.userId !== ownerId) return null;
  const ofOwner = ownerId === null ? null : await companyOfOwner.first(db, { userId: ownerId });
  if (ofOwner !== null) {
    const isReached = scope.kind !== "company" || ofOwner.id === scope.companyId;
    return isReached && ofOwner.deletedAt === null ? ofOwner.id : null;
  }
  return scope.kind === "all" ? companyOfTarget(db, target) : null;
}

/** Finds the company in one of whose domains a target lies; of several the one with the closest domain. */
async function companyOfTarget(db: Handle, target: string): Promise<number | null> {
  const domains = domainsOf(hostKey(readTarget(target)?.host ?? ""));
  if (domains.length === 0) return null;
  const query = db.sql
    .selectFrom("companies")
    .select(["id", "primary_domain", "additional_domains"])
    .where("deleted_at", "is", null)
    .where((eb) => eb.or(domains.flatMap((domain) => [hasPrimaryDomain(eb, domain), listsDomain(eb, domain)])));
  const companies = await fetchAll(db, query);
  for (const domain of domains) {
    const found = companies.find(
      ({ primaryDomain, additionalDomains }) =>
        primaryDomain.toLowerCase() === domain || additionalDomains?.includes(domain) === true,
    );
    if (found !== undefined) return found.id;
  }
  return null;
}

/** A host's own name and the domains above it, the longest first; those of one label are nobody's. */
function domainsOf(host: string): string[] {
  if (isAddress(host)) return [];
  const labels = host.split(".").slice(-10);
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
}
