import { tenancy } from "../../access/tenancy.ts";
import type { Handle } from "../../database/handle.ts";
import type { Examiner, UnknownObject } from "../../engines/port/upkeep.ts";
import { tables } from "../../schema/tables.ts";

/**
 * Finds what stands in the schema that NERVE did not make, and that acts on its tables, reads them or changes their rules.
 * @param looker who looks; default the handle's own connection
 */
export function findUnknownObjects(
  db: Handle,
  looker: Pick<Examiner, "findUnknownObjects"> = db.connection.upkeep,
): Promise<readonly UnknownObject[]> {
  const { dialect } = db.connection;
  const policies = tables.flatMap(({ name }) => {
    const policy = dialect.rowSecurityStatements(name, tenancy[name]).at(-1);
    return policy === undefined ? [] : [[name, policy] as const];
  });
  return looker.findUnknownObjects(Object.fromEntries(policies));
}

/** Tells of it in a few words. */
export function describeUnknown({ kind, name, table }: UnknownObject): string {
  if (kind === "table") return `the table ${name} with other rules than NERVE's`;
  return table == null ? `the ${kind} ${name}` : `the ${kind} ${name} on ${table}`;
}
