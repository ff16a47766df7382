import { connect } from "node:net";
import { openDatabase } from "@nerve/database";
import { describe, expect, test } from "vitest";
import { emptyPlace, engineNames } from "../../../database/test/support/engines.ts";
import { createLogger, createServer, parseSettings, startServer } from "../../src/index.ts";

const silent = createLogger("silent");

async function withPlace(
  engine: (typeof engineNames)[number],
  work: (environment: Record<string, string>) => Promise<void>,
): Promise<void> {
  const place = await emptyPlace(engine);
  const key = `test:${Buffer.alloc(32, 7).toString("base64url")}`;
  try {
    await work({
      NERVE_DATABASE_URL: place.url,
      NERVE_PORT: "0",
      NERVE_ENCRYPTION_KEY: key,
      NERVE_LOG_LEVEL: "silent",
    });
  } finally {
    await place.remove();
  }
}

describe.each(engineNames)("a server on %s", (engine) => {
  test("starts on an empty database, gives the set-up link, serves and stops", () =>
    withPlace(engine, async (environment) => {
      const server = await startServer(parseSettings(environment), { log: silent });
      expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(server.setUpUrl?.startsWith(`${server.address}/set-up#token=`)).toBe(true);
      expect((await fetch(`${server.address}/api/health/ready`)).status).toBe(200);
      const token = server.setUpUrl?.split("=")[1];
      const created = await fetch(`${server.address}/api/setup`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token, email: "root@example.org", password: "moon river dance seven" }),
      });
      expect(created.status).toBe(201);
      await server.stop();
      await server.stop();
      await expect(fetch(`${server.address}/api/health`)).rejects.toThrow();

      const again = await startServer(parseSettings(environment), { log: silent });
      expect(again.setUpUrl).toBeNull();
      await again.stop();
    }));

  test("lets requests under way finish, takes no new ones, and then closes the database", () =>
    withPlace(engine, async (environment) => {
      const server = await startServer(parseSettings(environment), { log: silent });
      const { port } = new URL(server.address);
      const body = JSON.stringify({ email: "nobody@example.org", password: "moon river dance seven" });
      const socket = connect(Number(port), "127.0.0.1");
      const head = `POST /api/auth/sign-in HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json`;
      let answer = "";
      const ended = new Promise<void>((resolve) => void socket.on("close", resolve));
      socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
      // Half a request first: it is under way when the stop begins, and ends only after.
      await new Promise<void>((resolve) => {
        socket.write(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`, () => resolve());
      });
      await fetch(`${server.address}/api/health`);
      const stopped = server.stop();
      await expect(fetch(`${server.address}/api/health`)).rejects.toThrow();
      socket.write(body.slice(10));
      await ended;
      await stopped;
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(answer).toContain('"code":"WRONG_CREDENTIALS"');
    }));

  test("does not wait for ever for a request that never ends", () =>
    withPlace(engine, async (environment) => {
      const server = await startServer(parseSettings({ ...environment, NERVE_STOP_SECONDS: "1" }), { log: silent });
      const socket = connect(Number(new URL(server.address).port), "127.0.0.1");
      const ended = new Promise<void>((resolve) => void socket.on("close", resolve));
      socket.on("error", () => {}).resume();
      await new Promise<void>((resolve) => {
        const head = "POST /api/setup HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5";
        socket.write(`${head}\r\n\r\n{`, () => resolve());
      });
      await fetch(`${server.address}/api/health`);
      await server.stop();
      await ended;
      expect(socket.destroyed).toBe(true);
    }));

  test("that cannot listen leaves nothing open", () =>
    withPlace(engine, async (environment) => {
      const first = await startServer(parseSettings(environment), { log: silent });
      const taken = parseSettings({ ...environment, NERVE_PORT: new URL(first.address).port });
      await expect(startServer(taken, { log: silent })).rejects.toMatchObject({ code: "EADDRINUSE" });
      await first.stop();
    }));

  test("that fails once it listens leaves nothing open", () =>
    withPlace(engine, async (environment) => {
      const first = await startServer(parseSettings(environment), { log: silent });
      await first.stop();
      const settings = { ...parseSettings({ ...environment, NERVE_PORT: new URL(first.address).port }) };
      Object.defineProperty(settings, "maintenance", {
        get() {
          throw new Error("it fails");
        },
      });
      await expect(startServer(settings, { log: silent })).rejects.toThrow("it fails");
      await expect(fetch(`${first.address}/api/health`)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    }));
});

test("a server made by hand leaves the database to whoever opened it", async () => {
  const db = await openDatabase("sqlite::memory:");
  const server = await createServer({ db, settings: parseSettings({}), log: silent });
  await server.close();
  expect(db.engine).toBe("sqlite");
  await db.close();
});
