import type { Database } from "@nerve/database";
import { fetchAll } from "@nerve/database/query";
import type { Expectation } from "./oracle.ts";

/** What NERVE itself finds of open services is none of a report's findings. */
const ownSource = "nerve";

/** Reads what an oracle may ask of a company's findings. */
export async function readState(db: Database, companyId: number): Promise<Expectation> {
  const query = db.sql
    .selectFrom("findings")
    .select(["id", "status", "is_open"])
    .where("company_id", "=", companyId)
    .where("source", "<>", ownSource);
  const findings = await fetchAll(db, query);
  const byStatus = Map.groupBy(findings, ({ status }) => status);
  return {
    open: findings.filter(({ isOpen }) => isOpen).length,
    total: findings.length,
    byStatus: Object.fromEntries([...byStatus].map(([status, some]) => [status, some.length])),
    history: await countHistory(db, companyId),
    services: await countServices(db, companyId),
    lines: await findLines(db, companyId),
  };
}

async function countHistory(db: Database, companyId: number): Promise<number> {
  const query = db.sql.selectFrom("finding_history").select("id").where("company_id", "=", companyId);
  return (await fetchAll(db, query)).length;
}

async function countServices(db: Database, companyId: number) {
  const query = db.sql
    .selectFrom("assets")
    .select("status")
    .where("company_id", "=", companyId)
    .where("kind", "=", "service");
  const services = await fetchAll(db, query);
  const isGone = ({ status }: (typeof services)[number]) => status === "gone";
  return { open: services.filter((one) => !isGone(one)).length, closed: services.filter(isGone).length };
}

/** The lines of code of the findings of each state: where they are, or were. */
async function findLines(db: Database, companyId: number): Promise<Record<string, number[]>> {
  const query = db.sql
    .selectFrom("finding_locations")
    .innerJoin("findings", "findings.id", "finding_locations.finding_id")
    .select(["findings.id", "findings.status", "finding_locations.present", "finding_locations.start_line"])
    .where("findings.company_id", "=", companyId)
    .where("finding_locations.start_line", "is not", null)
    .orderBy("finding_locations.start_line");
  const lines: Record<string, number[]> = {};
  for (const places of Map.groupBy(await fetchAll(db, query), ({ id }) => id).values()) {
    const present = places.filter((place) => place.present);
    for (const { status, startLine } of present.length > 0 ? present : places)
      (lines[status] ??= []).push(startLine as number);
  }
  for (const some of Object.values(lines)) some.sort((one, other) => one - other);
  return lines;
}
