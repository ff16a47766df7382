import type { TableDefinition } from "../../../schema/kit/index.ts";
import { checksumText, type ChecksumValue } from "../../shared/checksum.ts";
import { quoteName } from "../../shared/ddl.ts";
import type { Executor } from "../../port/engine.ts";

/** Has the server hash its rows and add the hashes up. */
export async function tableChecksum(executor: Executor, table: TableDefinition): Promise<ChecksumValue> {
  const columns = table.columnList.map(({ name, kind }) => quoteName(name) + (kind === "json" ? "::text" : ""));
  const sql = `SELECT count(*) AS "rows", coalesce(sum(hash_record_extended(ROW(${columns.join(", ")}), 0)), 0)::text AS "sum"
    FROM ${quoteName(table.name)}`;
  const [row] = await executor.all({ sql, readOnly: true, recurring: false }, []);
  return { rows: Number(row?.["rows"]), sum: checksumText(BigInt(String(row?.["sum"]))) };
}
