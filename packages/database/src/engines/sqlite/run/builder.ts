import type { SelectQueryNode } from "kysely";
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import type { Schema } from "../../../schema/tables.ts";
import { WritingOnlyDriver } from "../../shared/writing-only-driver.ts";

/** Leaves row locks (FOR UPDATE and its kin) out: BEGIN IMMEDIATE has locked every row already. */
class LockFreeCompiler extends SqliteQueryCompiler {
  protected override visitSelectQuery({ endModifiers: _, ...node }: SelectQueryNode): void {
    super.visitSelectQuery(node);
  }
}

/** Makes the query builder of this dialect; it writes SQL and runs nothing. */
export function sqliteBuilder(): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new WritingOnlyDriver(),
      createIntrospector: (database) => new SqliteIntrospector(database),
      createQueryCompiler: () => new LockFreeCompiler(),
    },
  });
}
