/** Condition of SQL: whether an extension brought what a catalogue has under an id. */
export function isOfExtension(catalogue: string, oid: string): string {
  return `EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalogue}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;
}
