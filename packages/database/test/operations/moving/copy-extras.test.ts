import { expect, test } from "vitest";
import { transaction } from "../../../src/database/transaction.ts";
import { copyDatabase, type Reject } from "../../../src/operations/moving/index.ts";
import { describeOnEachEngine, emptyPlace, engineNames } from "../../support/engines.ts";
import { createTestUser } from "../../support/people/accounts.ts";

describeOnEachEngine("What an application added to a database", (context) => {
  test.each(engineNames)("is named when it is copied to %s, with its rows, and left behind", async (engine) => {
    const place = await emptyPlace(engine);
    if (engine === engineNames[0]) {
      await createTestUser(context.db);
      await transaction(context.db, (tx) =>
        tx.executor.script(
          `CREATE TABLE app_notes (id integer PRIMARY KEY, note text);
           INSERT INTO app_notes VALUES (1, 'x'), (2, 'y');
           CREATE TABLE "app ""odd"" name" (id integer);
           CREATE VIEW app_view AS SELECT id FROM users;
           ALTER TABLE users ADD COLUMN app_colour text;
           UPDATE users SET app_colour = 'green'`,
        ),
      );
    }
    const extras = {
      extraTables: [
        { table: 'app "odd" name', rows: 0 },
        { table: "app_notes", rows: 2 },
      ],
      extraColumns: [{ table: "users", column: "app_colour", values: 1 }],
    };
    const rejects: Reject[] = [];
    const options = { onReject: (reject: Reject) => rejects.push(reject) };
    expect(await copyDatabase(context.db, place.url, { dryRun: true })).toMatchObject(extras);
    expect(await copyDatabase(context.db, place.url, options)).toMatchObject({ ...extras, rejectedTotal: 0 });
    expect(rejects.map(({ kind, table, column }) => [kind, table, column])).toEqual([
      ["rejected", 'app "odd" name', null],
      ["rejected", "app_notes", null],
      ["rejected", "users", "app_colour"],
    ]);
    await place.remove();
  });
});
