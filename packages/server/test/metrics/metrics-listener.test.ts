import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { createServer as createNetServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findSystemProgram } from "../../../../test/support/system-programs.ts";
import { migratedPlace, engineNames, type TestPlace } from "../../../database/test/support/engines.ts";
import { createLogger, parseSettings, type RunningServer, startServer } from "../../src/index.ts";

const silent = createLogger("silent");
const prometheus = findSystemProgram("prometheus");
const deployed = fileURLToPath(new URL("../../../../deploy/prometheus/", import.meta.url));

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe.each(engineNames)("metrics on a port of their own, on %s", (engine) => {
  let place: TestPlace;
  let server: RunningServer;
  let environment: Record<string, string>;
  beforeAll(async () => {
    place = await migratedPlace(engine);
    environment = {
      NERVE_DATABASE_URL: place.url,
      NERVE_PORT: "0",
      NERVE_METRICS_PORT: "0",
      NERVE_MAINTENANCE: "false",
      NERVE_ENCRYPTION_KEY: `test:${Buffer.alloc(32, 7).toString("base64url")}`,
      NERVE_LOG_LEVEL: "silent",
    };
    server = await startServer(parseSettings(environment), { log: silent });
  });
  afterAll(async () => {
    await server.stop();
    await place.remove();
  });

  const metricsUrl = () => new URL(server.metricsAddress ?? "");

  /** Asks under a name; fetch cannot. */
  async function statusUnder(host: string): Promise<number | undefined> {
    const { hostname, port } = metricsUrl();
    const [answer] = (await once(get({ hostname, port, path: "/metrics", headers: { host } }), "response")) as [
      IncomingMessage,
    ];
    answer.resume();
    return answer.statusCode;
  }

  test("are read there without a key, by what is on this machine", async () => {
    expect(metricsUrl().hostname).toBe("127.0.0.1");
    const answer = await fetch(new URL("/metrics", metricsUrl()));
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    expect(text).toContain("nerve_db_connection_healthy 1");
    expect(text).toContain("nerve_build_info");
  });

  test("attack: nothing else is, and nothing is changed", async () => {
    for (const path of ["/", "/api/health", "/api/setup", "/metrics/", "/openapi.json", "/set-up"]) {
      expect([path, (await fetch(new URL(path, metricsUrl()))).status]).toEqual([path, 404]);
    }
    expect((await fetch(new URL("/metrics", metricsUrl()), { method: "POST", body: "a" })).status).toBe(405);
  });

  test("attack: a page that was led here under another name reads nothing", async () => {
    expect(await statusUnder("evil.example")).toBe(421);
    expect(await statusUnder("localhost:9464")).toBe(200);
    expect(await statusUnder("[::1]")).toBe(200);
  });

  test("the other port asks for a key, also on this machine", async () => {
    expect((await fetch(`${server.address}/metrics`)).status).toBe(401);
    expect((await fetch(`${server.address}/api/health`)).status).toBe(200);
  });

  test("a port that is taken keeps the server from starting, and nothing stays open", async () => {
    const [port, metricsPort] = [String(await freePort()), metricsUrl().port];
    const taken = parseSettings({ ...environment, NERVE_PORT: port, NERVE_METRICS_PORT: metricsPort });
    await expect(startServer(taken, { log: silent })).rejects.toMatchObject({
      code: "EADDRINUSE",
      port: Number(metricsPort),
    });
    const freed = await startServer(parseSettings({ ...environment, NERVE_PORT: port }), { log: silent });
    await freed.stop();
  });

  test("stopping closes both, with connections that are kept", async () => {
    const other = await startServer(parseSettings(environment), { log: silent });
    const urls = [`${other.metricsAddress}/metrics`, `${other.address}/api/health`];
    for (const url of urls) expect((await (await fetch(url)).text()).length).toBeGreaterThan(0);
    await other.stop();
    for (const url of urls) await expect(fetch(url)).rejects.toThrow();
  });

  describe.skipIf(prometheus === undefined)("Prometheus, set as in deploy,", () => {
    let folder: string;
    let child: ChildProcess;
    let port: number;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "nerve-prometheus-"));
      port = await freePort();
      const configuration = (await readFile(join(deployed, "prometheus.yml"), "utf8"))
        .replace("127.0.0.1:9464", metricsUrl().host)
        .replace("scrape_interval: 30s", "scrape_interval: 1s");
      await writeFile(join(folder, "prometheus.yml"), configuration);
      await cp(join(deployed, "nerve.rules.yml"), join(folder, "nerve.rules.yml"));
      const words = [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ];
      child = spawn(prometheus ?? "", words, { stdio: "ignore" });
    });
    afterAll(async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
      await rm(folder, { recursive: true });
    });

    const ask = async (path: string) =>
      (await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as { data: unknown };

    test("reads them, and knows the alerts", { timeout: 60_000 }, async () => {
      await vi.waitFor(
        async () => {
          const { data } = await ask("query?query=nerve_db_connection_healthy");
          expect(data).toMatchObject({ result: [{ metric: { job: "nerve" }, value: [expect.any(Number), "1"] }] });
        },
        { timeout: 50_000, interval: 200 },
      );
      const { data } = await ask("rules");
      const { groups } = data as { groups: { rules: { name: string; health: string }[] }[] };
      expect(groups.flatMap(({ rules }) => rules.map(({ name }) => name))).toContain("NerveBackupIsOld");
    });
  });
});
