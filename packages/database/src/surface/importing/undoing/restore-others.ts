import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { runQuery } from "../../../database/statement.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { tableNamed } from "../../../schema/tables.ts";
import { readJournal } from "../journal.ts";
import { inKeyLists } from "../key-lists.ts";
import { restoreRow } from "./restore-row.ts";

/** Each after what refers to it. */
const others = ["asset_checks", "asset_names", "asset_coverage", "finding_rules", "assets"] as const;

/** Gives assets, rules, names, checks and coverage their old values, and takes away what only the import had made. */
export async function restoreOthers(tx: Transaction, importId: number): Promise<void> {
  for (const name of others) {
    const definition = tableNamed(name) as TableDefinition;
    const olds = await readJournal(tx, importId, name);
    for (const [id, before] of olds) if (before !== null) await restoreRow(tx, definition, id, before);
    const made = [...olds].filter(([, before]) => before === null).map(([id]) => id);
    for (const some of inKeyLists(made)) await runQuery(tx, unusedAmong(tx, name, some));
  }
}

/** What something else has come to use meanwhile stays. */
function unusedAmong(tx: Transaction, name: (typeof others)[number], ids: readonly number[]) {
  if (name === "finding_rules")
    return tx.sql
      .deleteFrom("finding_rules")
      .where("id", "in", ids)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb.selectFrom("findings").select("findings.id").where("findings.rule_id", "=", eb.ref("finding_rules.id")),
          ),
        ),
      );
  if (name === "assets")
    return tx.sql
      .deleteFrom("assets")
      .where("id", "in", ids)
      .where((eb) =>
        eb.and([
          eb.not(
            eb.exists(
              eb.selectFrom("findings").select("findings.id").where("findings.asset_id", "=", eb.ref("assets.id")),
            ),
          ),
          eb.not(
            eb.exists(
              eb
                .selectFrom("asset_coverage")
                .select("asset_coverage.id")
                .where("asset_coverage.asset_id", "=", eb.ref("assets.id")),
            ),
          ),
        ]),
      );
  return anyTable(tx).deleteFrom(name).where("id", "in", ids);
}
