import { type FileHandle, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { confirmClosures, transaction, undoImport } from "@nerve/database";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { fetchAll, runQuery } from "../../../database/src/database/statement.ts";
import { createTestCompany, uniqueWord } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { linesOf } from "../../../database/test/surface/support/reports.ts";
import { type Person, signedIn } from "../support/people.ts";
import { connectRaw, expectAnswers } from "../support/raw-client.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const mib = 1024 * 1024;
const patience = { timeout: 10_000 };
/** Findings that no other test has. */
const rules = (count: number) => Array.from({ length: count }, () => ({ rule: uniqueWord() }));

describeOnEachEngine("a report that is sent", (context) => {
  let server: TestServer;
  let folder = "";
  let company: { readonly id: number };
  let analyst: Person;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-sent-"));
    server = await serveTest(context.db, { NERVE_IMPORT_FOLDER: folder, NERVE_IMPORT_MIB: "1" });
    company = await createTestCompany(context.db);
    analyst = await signedIn(context.db, "analyst", { companyId: company.id });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  // Whatever becomes of a report, it does not stay.
  afterEach(() => vi.waitFor(async () => expect(await readdir(folder)).toEqual([]), patience));

  /** Sends bytes as they are. */
  async function send(query: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}/api/imports?${query}`, {
      method: "POST",
      headers: { authorization: `Bearer ${analyst.token}`, ...headers },
      body,
    });
    const text = await response.text();
    const location = response.headers.get("location");
    return { status: response.status, body: JSON.parse(text) as Record<string, unknown>, location };
  }

  const headOf = (query: string, ...more: readonly string[]) =>
    [`POST /api/imports?${query} HTTP/1.1`, "host: x", `authorization: Bearer ${analyst.token}`, ...more].join("\r\n") +
    "\r\n\r\n";

  const ofSeries = () => `format=nerve&series=${uniqueWord()}`;

  async function statusOf(scanId: unknown) {
    const query = context.db.sql.selectFrom("scan_imports").select("status").where("scan_id", "=", String(scanId));
    return (await fetchAll(context.db, query))[0]?.status;
  }

  /** What a report leaves in the tables. */
  const countRows = () =>
    Promise.all(
      (["assets", "findings", "finding_rules", "finding_locations"] as const).map(async (table) =>
        fetchAll(
          context.db,
          context.db.sql.selectFrom(table).select((eb) => eb.fn.countAll().as("rows")),
        ),
      ),
    );

  test.each(["application/json", "text/xml; charset=utf-16", "application/x-www-form-urlencoded", "none"])(
    "is taken in for the company of whoever sends it, as %s",
    async (type) => {
      const series = ofSeries();
      const headers = { "content-type": type };
      const lines = rules(3);
      const { status, body } = await send(`${series}&complete=true`, linesOf(lines), headers);
      expect({ status, body }).toMatchObject({ status: 201, body: { status: "done", created: 3, format: "nerve" } });
      expect(await send(`${series}&complete=true`, linesOf(lines.slice(2)))).toMatchObject({ body: { closed: 2 } });
      expect(await send(`${series}&complete=true&close=never`, "")).toMatchObject({ body: { closed: 0 } });
    },
  );

  test("is only tried where it is to be, and confirmed and taken back where it is not", async () => {
    const series = `${ofSeries()}&complete=true`;
    await send(series, linesOf(rules(25)));
    expect(await send(`${series}&dryRun=true&wait=0`, "")).toMatchObject({
      status: 201,
      body: { importId: 0, held: 25 },
    });
    const { body } = await send(series, "");
    expect(body).toMatchObject({ held: 25 });
    const { token } = analyst;
    const confirmed = await server.call(`POST /api/imports/${String(body["importId"])}/confirm`, { token });
    expect(confirmed.body).toEqual({ importId: body["importId"], closed: 25 });
    const undone = await server.call(`POST /api/imports/${String(body["importId"])}/undo`, { token });
    expect(undone.body).toMatchObject({ restored: 25 });
    for (const change of [confirmClosures, undoImport]) {
      await expect(change(context.db, { id: 2_000_000_000 })).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });

  test("is answered at once where nobody wants to wait, and taken in all the same", async () => {
    const { status, body } = await send(`${ofSeries()}&wait=0`, linesOf(rules(2)));
    expect({ status, body }).toMatchObject({ status: 202, body: { scanId: expect.any(String) as string } });
    await vi.waitFor(async () => expect(await statusOf(body["scanId"])).toBe("done"), patience);
  });

  test("is shown as failed, with the reason and the place, where nobody waited to be told", async () => {
    const broken = `{"version": "2.1.0", "runs": [${" ".repeat(mib / 2)}{]}`;
    const query = `format=sarif&series=${uniqueWord()}&scanId=${uniqueWord()}`;
    const before = await countRows();
    const { status, body, location } = await send(`${query}&wait=0`, broken);
    expect({ status, body }).toMatchObject({ status: 202, body: { importId: null } });
    const { token } = analyst;
    const [shown] = await vi.waitFor(async () => {
      const { items } = (await server.call(`GET ${location}`, { token })).body;
      expect(items).toMatchObject([{ scanId: body["scanId"], status: "failed", errorCode: "REPORT_MALFORMED" }]);
      return items;
    }, patience);
    const { body: told } = await server.call(`GET /api/imports/${shown.importId}`, { token });
    expect(told.rejects).toEqual([
      { place: expect.stringMatching(/^byte \d+$/) as string, reason: expect.any(String) as string },
    ]);
    expect(await countRows()).toEqual(before);
    // Mended, it takes the place of the other.
    const sound = `{"version": "2.1.0", "runs": []}`;
    expect(await send(query, sound)).toMatchObject({ status: 201, body: { status: "done", scanId: body["scanId"] } });
    expect((await server.call(`GET ${location}`, { token })).body.items).toMatchObject([
      { status: "done", errorCode: null },
    ]);
    // Whoever waits is told at once, and nothing is written down.
    expect(await send(`${query}-again`, broken)).toMatchObject({ status: 422 });
    expect((await server.call(`GET ${location}-again`, { token })).body.items).toEqual([]);
  });

  test("again under the same name of its scan is answered with the first receipt", async () => {
    const query = `${ofSeries()}&scanId=${uniqueWord()}`;
    const first = await send(query, linesOf(rules(1)));
    expect(await send(query, linesOf(rules(2)))).toEqual(first);
  });

  test("speaks for the targets that are named, and has the headings that are told", async () => {
    const series = uniqueWord();
    const csv = (rows: readonly string[]) => ["Plugin,Machine", ...rows].join("\r\n");
    const mapping = encodeURIComponent(JSON.stringify({ rule: "Plugin", host: "Machine" }));
    const query = `format=csv&series=${series}&mapping=${mapping}`;
    const hosts = ["a", "b", "c"].map((name) => `${name}.${uniqueWord()}.example`);
    const first = await send(query, csv(hosts.map((host) => `weak,${host}`)));
    expect(first).toMatchObject({ status: 201, body: { created: 3, closed: 0 } });
    // Nothing is there any more; it speaks for two of three.
    const rest = csv([`weak,d.${uniqueWord()}.example`]);
    expect(await send(`${query}&covers=${hosts[0]}&covers=${hosts[1]}`, rest)).toMatchObject({ body: { closed: 2 } });
    expect(await send(`${query}&covers=${hosts[2]}`, rest)).toMatchObject({ body: { closed: 1 } });
    for (const wrong of ["{", "[1]", '{"rule":1}', `{"rule":"${"x".repeat(4096)}"}`])
      expect(await send(`format=csv&mapping=${encodeURIComponent(wrong)}`, rest)).toMatchObject({ status: 400 });
    expect(await send(`${query}&covers=`, rest)).toMatchObject({ status: 400 });
  });

  test("waits no longer for its turn than it is told to", async () => {
    const series = ofSeries();
    const { body } = await send(series, linesOf(rules(1)));
    const importingUntil = new Date(context.clock.now().getTime() + 60_000);
    const own = context.db.sql
      .selectFrom("scan_imports")
      .select("series_id")
      .where("id", "=", body["importId"] as number);
    await transaction(context.db, (tx) =>
      runQuery(tx, tx.sql.updateTable("scan_series").set({ importing_until: importingUntil }).where("id", "in", own)),
    );
    expect(await send(`${series}&turn=0`, linesOf(rules(1)))).toMatchObject({
      status: 409,
      body: { code: "IMPORT_RUNNING" },
    });
    expect(await send(`${series}&turn=0&dryRun=true`, linesOf(rules(1)))).toMatchObject({ status: 409 });
  });

  test("that finds no room on the disk is refused as such, and leaves nothing", async () => {
    const probe = await open(import.meta.filename);
    await probe.close();
    const full = Object.assign(new Error("no space"), { code: "ENOSPC", syscall: "write" });
    vi.spyOn(Object.getPrototypeOf(probe) as FileHandle, "write").mockRejectedValueOnce(full);
    const lines = linesOf(rules(2));
    expect(await send(ofSeries(), lines)).toMatchObject({ status: 507, body: { code: "STORAGE_FULL" } });
    expect(server.inFlight()).toBe(0);
    expect(await send(ofSeries(), lines)).toMatchObject({ status: 201, body: { created: 2 } });
  });

  test("that has not arrived when the server ends its connections is gone with them", async () => {
    const ending = await serveTest(context.db, { NERVE_IMPORT_FOLDER: folder });
    using client = connectRaw(ending.url);
    await client.write(headOf(ofSeries(), "content-length: 1000"));
    await client.write("half of ");
    await vi.waitFor(async () => expect(await readdir(folder)).toHaveLength(1), patience);
    const closed = ending.close();
    ending.server.server.closeAllConnections();
    await closed;
    expect(await readdir(folder)).toEqual([]);
  });

  describe("packed with gzip", () => {
    test.each([
      ["as a file", {}],
      ["on its way", { "content-encoding": "gzip" }],
    ])("%s that unpacks to many times its size is refused", async (_how, headers) => {
      const bomb = gzipSync(Buffer.alloc(16 * mib, "\n"));
      expect(await send(ofSeries(), new Uint8Array(bomb), headers)).toMatchObject({
        status: 413,
        body: { code: "REPORT_TOO_LARGE" },
      });
    });

    const packed = gzipSync(linesOf(rules(2)));
    test.each([
      ["as a file", packed, {}, 201],
      ["on its way", packed, { "content-encoding": "gzip" }, 201],
      ["as it says, but is not", Buffer.from(linesOf(rules(2))), { "content-encoding": "gzip" }, 415],
      ["in another way", packed, { "content-encoding": "br" }, 415],
    ])("%s", async (_how, bytes, headers, status) => {
      expect(await send(ofSeries(), new Uint8Array(bytes), headers)).toMatchObject({ status });
    });
  });

  test.each([
    ["no report", "", "hello", 422, "FORMAT_UNKNOWN"],
    ["nothing", "", "", 422, "FORMAT_UNKNOWN"],
    ["a format that there is not", "format=clay", "{}", 422, "FORMAT_UNKNOWN"],
    ["a broken report", "format=sarif", `{"version": "2.1.0", "runs": [{]}`, 422, "REPORT_MALFORMED"],
    ["entities", "format=nmap", `<!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun/>`, 422, "REPORT_UNSAFE"],
    ["an option that there is not", "format=nerve&fromat=nerve", "", 400, "INVALID_INPUT"],
    ["a company that there is not", "format=nerve&companyId=2000000000", "", 404, "NOT_FOUND"],
  ])("of %s is refused", async (_what, query, body, status, code) => {
    expect(await send(query, body)).toMatchObject({ status, body: { code } });
  });

  test("by somebody who reaches several companies has to say for which", async () => {
    await createTestCompany(context.db);
    const { token } = await signedIn(context.db, "super_admin");
    const body = linesOf(rules(1));
    const refused = await server.call(`POST /api/imports?${ofSeries()}`, { token, body });
    expect([refused.status, refused.body.code]).toEqual([409, "COMPANY_NEEDED"]);
    const { status } = await server.call(`POST /api/imports?${ofSeries()}&companyId=${company.id}`, { token, body });
    expect(status).toBe(201);
  });

  test("that says that it is too large is refused before it is read", async () => {
    using client = connectRaw(server.url);
    await client.write(headOf("", `content-length: ${mib + 1}`, "expect: 100-continue"));
    await expectAnswers(client, 413);
    expect(client.received()).not.toContain("100 Continue");
    expect(client.received()).toContain("REPORT_TOO_LARGE");
  });

  test("that turns out to be too large is refused while it arrives", async () => {
    using client = connectRaw(server.url);
    await client.write(headOf("", "transfer-encoding: chunked"));
    const chunk = `40000\r\n${" ".repeat(0x40000)}\r\n`;
    for (let count = 0; count < 5; count += 1) await client.write(chunk);
    await expectAnswers(client, 413);
    expect(server.inFlight()).toBe(0);
  });

  test("is asked for once it is known who sends it, one of each user at a time, and forgotten when the client goes away", async () => {
    const length = "content-length: 1000";
    {
      using client = connectRaw(server.url);
      await client.write(headOf(ofSeries(), length, "expect: 100-continue"));
      await client.readUntil(() => expect(client.received()).toBe("HTTP/1.1 100 Continue\r\n\r\n"));
      await client.write("half of ");
      expect(await send(ofSeries(), linesOf(rules(1)))).toMatchObject({
        status: 429,
        body: { code: "TOO_MUCH_IN_FLIGHT" },
      });
      const { token } = await signedIn(context.db, "admin", { companyId: company.id });
      const other = await server.call(`POST /api/imports?${ofSeries()}`, { token, body: linesOf(rules(1)) });
      expect(other.status).toBe(201);
    }
    await vi.waitFor(
      async () => expect(await send(ofSeries(), linesOf(rules(1)))).toMatchObject({ status: 201 }),
      patience,
    );
    expect(server.inFlight()).toBe(0);
  });

  test("has one of the formats that are listed", async () => {
    const { status, body } = await server.call("GET /api/formats", { token: analyst.token });
    expect(status).toBe(200);
    expect(body.items).toContainEqual({
      name: "nmap",
      source: "nmap",
      files: ["XML"],
      needsTarget: false,
      coverage: "named",
    });
  });
});
