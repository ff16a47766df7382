import { tenancy } from "../../access/tenancy.ts";
import type { Database, Handle } from "../../database/handle.ts";
import type { Examiner, UnknownObject } from "../../engines/port/upkeep.ts";
import { tables } from "../../schema/tables.ts";

/** Finds what stands in the schema that NERVE did not make, and that acts on its tables, reads them or changes their rules. */
export function findUnknownObjects(db: Handle, examiner: Examiner): Promise<readonly UnknownObject[]> {
  const { dialect } = db.connection;
  const policies = tables.flatMap(({ name }) => {
    const policy = dialect.rowSecurityStatements(name, tenancy[name]).at(-1);
    return policy === undefined ? [] : [[name, policy] as const];
  });
  return examiner.findUnknownObjects(Object.fromEntries(policies));
}

/** The same on a connection or thread of its own. */
export function readUnknownObjects(db: Database): Promise<readonly UnknownObject[]> {
  return db.connection.upkeep.examine((examiner) => findUnknownObjects(db, examiner));
}

/** Tells of it in a few words. */
export function describeUnknown({ kind, name, table }: UnknownObject): string {
  if (kind === "table") return `the table ${name} with other rules than NERVE's`;
  return table == null ? `the ${kind} ${name}` : `the ${kind} ${name} on ${table}`;
}
