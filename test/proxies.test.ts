import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createUser,
  type Database,
  getLoginAttempts,
  getSecurityEvents,
  openDatabase,
} from "../packages/database/src/index.ts";
import { serveTest, type TestServer } from "../packages/server/test/support/test-server.ts";
import { type Authority, makeAuthority } from "./support/certificates.ts";
import { freePort } from "./support/postgres-server.ts";
import { askUnderName, runReverseProxy } from "./support/reverse-proxy.ts";
import { findSystemProgram } from "./support/system-programs.ts";

const deployed = (file: string) => readFile(fileURLToPath(new URL(`../deploy/${file}`, import.meta.url)), "utf8");
const openssl = findSystemProgram("openssl");
const name = "nerve.example.org";
const email = "ada@example.org";
const password = "correct horse battery staple";

/** What a test puts in place of what a machine has: ports, certificates, and where NERVE listens. */
interface Place {
  readonly folder: string;
  readonly port: number;
  readonly plainPort: number;
  readonly nervePort: number;
  readonly certificate: string;
  readonly key: string;
}

const proxies = {
  nginx: {
    refusals: [413],
    words: (file: string) => ["-e", "stderr", "-c", file],
    async configuration(place: Place) {
      const site = (await deployed("nginx/nerve.conf"))
        .replaceAll(/^ +listen \[::\].*\n/gm, "")
        .replace("listen 80;", `listen 127.0.0.1:${place.plainPort};`)
        .replace("listen 443 ssl", `listen 127.0.0.1:${place.port} ssl`)
        .replace("127.0.0.1:8000", `127.0.0.1:${place.nervePort}`)
        .replace(/\/etc\/letsencrypt\S+fullchain.pem/, place.certificate)
        .replace(/\/etc\/letsencrypt\S+privkey.pem/, place.key);
      const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (kind) => `${kind}_temp_path ${place.folder}/${kind};`,
      );
      const own = `user root; daemon off; pid ${place.folder}/pid; events {}`;
      return `${own} http { access_log off; ${paths.join(" ")}\n${site}}\n`;
    },
  },
  caddy: {
    // Caddy may close amid a body that has been answered, and a client that is still writing sees that in place of the answer. It does so
    // before a server that reads every body to its end, too.
    refusals: [413, "ECONNRESET", "EPIPE"],
    words: (file: string) => ["run", "--adapter", "caddyfile", "--config", file],
    async configuration(place: Place) {
      const site = (await deployed("caddy/Caddyfile"))
        .replace(`http://${name} {`, `http://${name}:${place.plainPort} {\nbind 127.0.0.1\n`)
        .replace(`\n${name} {`, `\n${name}:${place.port} {\nbind 127.0.0.1\ntls ${place.certificate} ${place.key}\n`)
        .replace("127.0.0.1:8000", `127.0.0.1:${place.nervePort}`);
      return `{\nadmin off\nauto_https off\nstorage file_system ${place.folder}\n}\n${site}`;
    },
  },
} as const;

describe.each(["nginx", "caddy"] as const)("NERVE behind %s, set as in deploy", (kind) => {
  const program = findSystemProgram(kind);
  describe.skipIf(program === undefined || openssl === undefined)("passes on", () => {
    const refusals: readonly unknown[] = proxies[kind].refusals;
    let db: Database;
    let server: TestServer;
    let authority: Authority;
    let proxy: AsyncDisposable;
    let [port, plainPort, ca] = [0, 0, ""];
    beforeAll(async () => {
      db = await openDatabase("sqlite::memory:");
      await createUser(db, { email, password, role: "super_admin", emailVerified: true });
      const environment = { NERVE_PUBLIC_URL: `https://${name}`, NERVE_TRUSTED_PROXIES: "127.0.0.1" };
      server = await serveTest(db, environment);
      authority = await makeAuthority(openssl ?? "");
      ca = await readFile(authority.certificate, "utf8");
      const { certificate, key } = await authority.sign(name, `DNS:${name}`);
      port = await freePort();
      // A port that was free is given out again: the same for both would be no configuration.
      do plainPort = await freePort();
      while (plainPort === port);
      const nervePort = Number(new URL(server.url).port);
      const { words, configuration } = proxies[kind];
      const made = (folder: string) => configuration({ folder, port, plainPort, nervePort, certificate, key });
      proxy = await runReverseProxy({ program: program ?? "", words, port, configuration: made });
    });
    afterAll(async () => {
      await proxy?.[Symbol.asyncDispose]();
      await server.close();
      await db.close();
      await authority[Symbol.asyncDispose]();
    });

    const ask = (
      path: string,
      more: { method?: string; headers?: Record<string, string>; body?: Buffer; name?: string } = {},
    ) => askUnderName({ port, path, authority: ca, name, ...more });
    const signIn = (headers: Record<string, string>) =>
      ask("/api/auth/sign-in", {
        method: "POST",
        headers: { "content-type": "application/json", origin: `https://${name}`, ...headers },
        body: Buffer.from(JSON.stringify({ email, password })),
      });

    test("the client's address, and no invented one", async () => {
      const invented = {
        "x-forwarded-for": "198.51.100.9",
        "x-real-ip": "198.51.100.9",
        forwarded: "for=198.51.100.9",
      };
      expect((await signIn(invented)).status).toBe(200);
      const { items } = await getLoginAttempts(db, {});
      expect(items.map(({ ipAddress }) => ipAddress)).toEqual(["127.0.0.1"]);
    });

    test("https and the name that was asked for, so that the watch finds no fault", async () => {
      expect((await ask("/api/health")).headers).toHaveProperty("strict-transport-security");
      const lie = { "x-forwarded-proto": "http", "x-forwarded-host": "evil.example" };
      expect((await signIn(lie)).status).toBe(200);
      expect((await getSecurityEvents(db, { eventType: "misconfigured" })).items).toEqual([]);
    });

    test.each([
      "/metrics",
      "/metrics?x=1",
      "/%6detrics",
      "//metrics",
      "/./metrics",
      "/x/../metrics",
      "/metrics/",
      "/METRICS",
    ])("attack: no metrics at %s", async (path) => {
      const { status, body } = await ask(path);
      expect([400, 404]).toContain(status);
      expect(body).not.toContain("nerve_");
    });

    test("bodies as large as NERVE takes, and no larger ones", async () => {
      const { token } = JSON.parse((await signIn({})).body) as { token: string };
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      const post = (bytes: number) =>
        ask("/api/xasm/scans", { method: "POST", headers, body: Buffer.alloc(bytes, " ") });
      expect((await post(16 * 1024 * 1024)).status).toBe(400);
      // What the proxy passes on and NERVE refuses, several times since it is a race, and what is too large for the proxy itself.
      for (const bytes of [16_900_000, 16_900_000, 16_900_000, 16_900_000, 18 * 1024 * 1024]) {
        const refused = await post(bytes).then(
          ({ status }) => status,
          (error: unknown) => (error as NodeJS.ErrnoException).code,
        );
        expect(refusals).toContain(refused);
      }
      expect((await ask("/api/health")).status).toBe(200);
    });

    test("nothing that was asked under another name", async () => {
      const { status, body } = await ask("/api/health", { name: "evil.example" });
      expect(body).not.toContain("ok");
      expect([421, 200]).toContain(status);
    });

    test("nothing that came in the clear: people are led to https, programs are refused", async () => {
      const get = (path: string) => askUnderName({ port: plainPort, path, name });
      expect(await get("/set-up?a=b")).toMatchObject({
        status: 301,
        headers: { location: `https://${name}/set-up?a=b` },
      });
      expect((await get("/api/health")).status).toBe(403);
    });
  });
});
