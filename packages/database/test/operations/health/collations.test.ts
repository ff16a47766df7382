import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHealthCheck } from "../../../src/operations/health/index.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

describeOnEachEngine("The rules by which text is sorted", (context) => {
  let client: pg.Client | undefined;
  beforeAll(async () => {
    if (context.engine === "sqlite") return; // It brings its own.
    client = new pg.Client({ connectionString: context.url });
    await client.connect();
    await client.query(`CREATE COLLATION nerve_sorted (provider = icu, locale = 'de');
      CREATE TABLE app_names (name text COLLATE nerve_sorted PRIMARY KEY)`);
  });
  afterAll(() => client?.end());

  const told = async () => {
    const { healthy, alerts, outdatedCollations } = await runHealthCheck(context.db);
    expect(healthy).toBe(true);
    return { outdatedCollations, alerts: alerts.filter(({ code }) => code === "COLLATION") };
  };

  test("are warned of when they changed under the indexes, with the statements that mend it", async () => {
    expect(await told()).toEqual({ outdatedCollations: [], alerts: [] });
    if (client === undefined) return;
    await client.query(`UPDATE pg_collation SET collversion = '1.0' WHERE collname = 'nerve_sorted'`);
    const { outdatedCollations, alerts } = await told();
    expect(outdatedCollations).toMatchObject([{ name: "public.nerve_sorted", recorded: "1.0" }]);
    expect(alerts).toHaveLength(1);
    for (const statement of outdatedCollations?.[0]?.remedy ?? []) {
      expect(alerts[0]?.message).toContain(`${statement};`);
      await client.query(statement);
    }
    expect(await told()).toEqual({ outdatedCollations: [], alerts: [] });
  });

  test("are those of the database as well", async () => {
    if (client === undefined) return;
    const name = `nerve_icu_${process.pid}`;
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'`);
    try {
      await client.query(`UPDATE pg_database SET datcollversion = '1.0' WHERE datname = '${name}'`);
      const url = new URL(context.url);
      url.pathname = `/${name}`;
      await using db = await openDatabase(url.href, { migrations: "ignore" });
      const { outdatedCollations } = await runHealthCheck(db);
      expect(outdatedCollations?.[0]?.remedy).toEqual([
        `REINDEX DATABASE "${name}"`,
        `ALTER DATABASE ${name} REFRESH COLLATION VERSION`,
      ]);
    } finally {
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
});
