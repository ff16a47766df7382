import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../../../test/support/test-databases.ts";
import { ProcessStates, processIdOf } from "../../src/engines/postgres/run/process-states.ts";

/** A connection whose process could be ended. */
interface Victim {
  readonly client: pg.Client;
  readonly processId: number;
  readonly hasEnded: () => boolean;
}

describe("The process behind a PostgreSQL connection that was given up", () => {
  let place: { url: string; drop: () => Promise<void> };
  let elsewhere: { url: string; drop: () => Promise<void> };
  const clients: pg.Client[] = [];
  const role = `dismissed_${process.pid}`;

  beforeAll(async () => {
    [place, elsewhere] = [await createTestDatabase({ empty: true }), await createTestDatabase({ empty: true })];
    await (await connect(place.url)).client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  });
  afterAll(async () => {
    await clients[0]?.query(`DROP ROLE ${role}`);
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    await Promise.all([place.drop(), elsewhere.drop()]);
  });

  async function connect(url: string): Promise<Victim> {
    const client = new pg.Client({ connectionString: url });
    let ended = false;
    client.on("error", () => (ended = true)).on("end", () => (ended = true));
    await client.connect();
    clients.push(client);
    return { client, processId: processIdOf(client) ?? 0, hasEnded: () => ended };
  }
  const asRole = (url: string) => url.replace(/\/\/[^@]+@/, `//${role}:secret@`);
  const statesOf = (url: string) => new ProcessStates(() => new pg.Client({ connectionString: url }));
  /** A server that ended it would have told the connection before this is answered. */
  const answers = ({ client }: Victim) => client.query("SELECT 1").then(() => true);

  test("ends, where it is the role's own", async () => {
    const victim = await connect(place.url);
    await statesOf(place.url).dismiss(victim.processId);
    await expect.poll(victim.hasEnded).toBe(true);
  });

  test("attack: stays, where it is of another role or another database: the id may be somebody else's by now", async () => {
    const ofRole = await connect(asRole(place.url));
    const there = await connect(elsewhere.url);
    await statesOf(place.url).dismiss(ofRole.processId);
    await statesOf(place.url).dismiss(there.processId);
    expect([await answers(ofRole), await answers(there)]).toEqual([true, true]);
  });

  test("attack: stays behind a pooler, whose clients have ids of the pooler's own", async () => {
    const victim = await connect(place.url);
    const pooled = () => {
      const client = new pg.Client({ connectionString: place.url });
      Object.defineProperty(client, "processID", { get: () => 4711, set() {} });
      return client;
    };
    await new ProcessStates(pooled).dismiss(victim.processId);
    expect(await answers(victim)).toBe(true);
  });
});
