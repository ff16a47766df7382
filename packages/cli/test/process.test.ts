import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tables } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyPlace, engineNames, type TestPlace } from "../../database/test/support/engines.ts";
import { nerveProcess, spawnNerve } from "./support/nerve.ts";

const ghost = fileURLToPath(new URL("../../database/test/fixtures/legacy/ghost_small.db", import.meta.url));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-process-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts `nerve serve` and waits until it has said what it says first. */
async function serve(words: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
  const child = spawnNerve(["serve", "--port", "0", ...words], { cwd: folder, environment });
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (data: Buffer) => resolve(data.toString()));
    child.stderr.on("data", () => {});
    child.once("exit", (code) => reject(new Error(`nerve serve ended with ${code}`)));
  });
  return { child, ended, said };
}

describe.each(engineNames)("nerve serve on %s", (engine) => {
  let place: TestPlace;
  beforeAll(async () => {
    place = await emptyPlace(engine);
  });
  afterAll(() => place.remove());

  test("makes the database, says where it serves and how to begin, and ends with 0 when asked to", async () => {
    const { child, ended, said } = await serve(["--database", place.url]);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
    const [link = "", token = ""] = /http\S+\/set-up#token=([\w-]+)/.exec(said) ?? [];
    expect(link).toContain(address);
    expect((await fetch(`${address}/api/health`)).status).toBe(200);
    expect((await fetch(`${address}/docs`)).status).toBe(200);

    const post = (body: object) =>
      fetch(`${address}/api/setup`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const account = { email: "first@example.org", password: "moon river dance seven" };
    expect((await post({ ...account, token: "wrong".repeat(9) })).status).not.toBe(201);
    expect((await post({ ...account, token })).status).toBe(201);
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  test("offers no set-up once there is a user, and answers --json with one document", async () => {
    const { child, ended, said } = await serve(["--database", place.url, "--json"]);
    expect(JSON.parse(said)).toEqual({ address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), setUpUrl: null });
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
  });
});

describe.each(engineNames)("nerve import legacy on %s", (engine) => {
  test("takes over a ghost.db, names what it leaves behind, and refuses a second time", async () => {
    const place = await emptyPlace(engine);
    const rejects = join(folder, `rejects-${engine}.jsonl`);
    const words = ["import", "legacy", ghost, "--json"];
    try {
      const environment = { NERVE_DATABASE_URL: place.url, NERVE_KEY_FILE: join(folder, "nerve.key") };
      const { code, stdout, stderr } = await nerveProcess([...words, "--rejects", rejects], {
        cwd: folder,
        environment,
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const answer = JSON.parse(stdout) as { tables: { table: string }[]; rejectedTotal: number };
      expect(answer).toMatchObject({ sequencesSet: expect.any(Number), durationMs: expect.any(Number) });
      expect(answer.tables).toHaveLength(tables.filter(({ inOriginal }) => inOriginal).length);
      expect(answer.tables.find(({ table }) => table === "users")).toEqual({
        table: "users",
        read: 8,
        written: 8,
        rejected: 0,
        checksumMatch: true,
      });
      const lines = (await readFile(rejects, "utf8")).trim().split("\n");
      const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
      expect(kinds.filter((kind) => kind === "rejected")).toHaveLength(answer.rejectedTotal);

      const again = await nerveProcess(words, { cwd: folder, environment });
      expect(again.code).toBe(3);
      expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "CONFLICT" } });
    } finally {
      await place.remove();
    }
  });
});

describe("nerve as a process", () => {
  test("without a URL the database is data/ghost.db, for its owner only", async () => {
    const { code, stdout, stderr } = await nerveProcess(["init", "--json"], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ engine: "sqlite", tables: tables.length });
    expect((await stat(join(folder, "data", "ghost.db"))).mode & 0o777).toBe(0o600);
  });

  test("the password comes through a pipe", async () => {
    const words = ["user", "create", "--email", "ada@example.org", "--role", "admin", "--password-stdin", "--json"];
    const { code, stdout } = await nerveProcess(words, { cwd: folder, input: "moon river dance seven\n" });
    expect({ code, user: JSON.parse(stdout) }).toMatchObject({ code: 0, user: { email: "ada@example.org" } });
  });

  test("a dry run of an import makes no database", async () => {
    const words = ["import", "legacy", ghost, "--dry-run", "--database", "sqlite:new.db"];
    expect(await nerveProcess(words, { cwd: folder })).toMatchObject({ code: 3, stdout: "" });
    expect(existsSync(join(folder, "new.db"))).toBe(false);
  });

  test("wrong usage ends with 2, and a reader that goes away is no fault", async () => {
    expect(await nerveProcess(["user", "lst"], { cwd: folder })).toMatchObject({ code: 2, stdout: "" });
    const child = spawnNerve(["schema", "export"], { cwd: folder });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("a port in use is one clear sentence, and 3", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const words = ["serve", "--port", String(port)];
    const { code, stdout, stderr } = await nerveProcess(words, { cwd: folder });
    other.close();
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^nerve: Port ${port} of 127\\.0\\.0\\.1 is in use\\.\\n.*--port 8001`, "m"));
    expect(stderr).not.toMatch(/\bat .*\.ts:/);
  });
});

describe("nerve serve", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "ends with 0 at %s, as when a terminal is closed",
    async (signal) => {
      const { child, ended } = await serve(["--database", `sqlite:${signal}.db`]);
      child.kill(signal);
      if (signal === "SIGHUP") child.kill(signal);
      expect(await ended).toEqual([0, null]);
    },
  );

  test("tells the address that people reach it under, where a proxy stands before it", async () => {
    const environment = { NERVE_PUBLIC_URL: "HTTPS://Nerve.Example.org:443" };
    const { child, ended, said } = await serve(["--database", "sqlite:public.db"], environment);
    expect(said).toMatch(
      /^NERVE serves at https:\/\/nerve\.example\.org, through what passes it on to port \d+ of 127\.0\.0\.1\n/,
    );
    expect(said).toMatch(/\nhttps:\/\/nerve\.example\.org\/set-up#token=/);
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});
