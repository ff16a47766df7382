import { openDatabase, transaction } from "@nerve/database";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../../test/support/test-databases.ts";
import { startSilentProxy } from "../../../../test/support/silent-proxy.ts";
import { testKeys } from "../../../database/test/support/engines.ts";
import { serveTest } from "../support/test-server.ts";

const ask = async (url: string) => (await fetch(url)).status;
const times = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));

test("a server whose connections go silent answers every request, and goes on", { timeout: 30_000 }, async () => {
  await using place = await createTestDatabase();
  await using proxy = await startSilentProxy(Number(new URL(place.url).port));
  await using db = await openDatabase(proxy.through(place.url), { keys: testKeys });
  const { url, close } = await serveTest(db);
  await times(40, () => ask(`${url}/api/health/ready`));
  const signIns = () =>
    times(40, async () => {
      const body = JSON.stringify({ email: "nobody@example.org", password: "moon river dance seven" });
      const headers = { "content-type": "application/json" };
      const { status } = await fetch(`${url}/api/auth/sign-in`, { method: "POST", headers, body });
      return status;
    });
  const before = signIns();
  proxy.goSilent("existing");
  const started = performance.now();
  const statuses = [...(await before), ...(await times(12, () => ask(`${url}/api/health/ready`)))];
  expect(performance.now() - started).toBeLessThan(10_000);
  // Those whose change was under way cannot know what became of it.
  expect([200, 401, 403, 429, 503]).toEqual(expect.arrayContaining(statuses));
  expect(await ask(`${url}/api/health/ready`)).toBe(200);
  expect(new Set(await times(12, () => ask(`${url}/api/health/ready`)))).toEqual(new Set([200]));
  await close();
});

test("a server is ready while every connection of its pool is in use", async () => {
  await using place = await createTestDatabase();
  await using db = await openDatabase(place.url, { keys: testKeys, maxConnections: 1 });
  const { url, close } = await serveTest(db);
  await transaction(db, async () => {
    const started = performance.now();
    expect(await ask(`${url}/api/health/ready`)).toBe(200);
    // Sooner than the wait for a connection of the pool is over.
    expect(performance.now() - started).toBeLessThan(4000);
  });
  await close();
});
