import type { OutdatedCollation } from "../../port/upkeep.ts";
import { quoteName } from "../../shared/ddl.ts";
import type { Select } from "./schema-state.ts";

/** Of the database, and of those that its indexes are sorted by. */
const query = `
  SELECT 'DATABASE' AS kind, quote_ident(datname) AS name, datcollversion AS recorded, pg_database_collation_actual_version(oid) AS actual
  FROM pg_database
  WHERE datname = current_database() AND datcollversion <> pg_database_collation_actual_version(oid)
  UNION ALL
  SELECT 'COLLATION', format('%I.%I', n.nspname, l.collname), l.collversion, pg_collation_actual_version(l.oid)
  FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
  WHERE l.collversion <> pg_collation_actual_version(l.oid) AND EXISTS (
    SELECT FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND l.oid = ANY (x.indcollation))
  ORDER BY 1 DESC, 2`;

interface Found {
  readonly kind: "DATABASE" | "COLLATION";
  /** Quoted as needed. */
  readonly name: string;
  readonly recorded: string;
  readonly actual: string;
}

/** Finds what text is sorted by in indexes and was changed underneath them, by an update of the system's libraries. */
export async function findOutdatedCollations(select: Select): Promise<OutdatedCollation[]> {
  const [here] = await select<{ name: string }>("SELECT current_database()::text AS name");
  const found = await select<Found>(query);
  return found.map(({ kind, ...collation }) => ({
    ...collation,
    remedy: [
      `REINDEX DATABASE ${quoteName(here?.name ?? "")}`,
      `ALTER ${kind} ${collation.name} REFRESH ${kind === "DATABASE" ? "COLLATION " : ""}VERSION`,
    ],
  }));
}
