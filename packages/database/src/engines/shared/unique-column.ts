import { tables } from "../../schema/tables.ts";
import { indexesOf } from "./ddl.ts";

let columns: ReadonlyMap<string, string> | undefined;

/** The column that a unique index of ours tells rows apart by, beside their company; undefined for any other index. */
export function columnOfUniqueIndex(name: string): string | undefined {
  columns ??= new Map(
    tables
      .flatMap((table) => indexesOf(table))
      .filter(({ unique }) => unique)
      .map((index): [string, string] => [index.name, index.columns[0] ?? ""]),
  );
  return columns.get(name);
}
