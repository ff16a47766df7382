import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../../database/test/support/engines.ts";
import { epssOf, kevOf } from "../../../../database/test/surface/support/feeds.ts";
import { makePeople, type People } from "../../support/people.ts";
import { serveTest, type TestServer } from "../../support/test-server.ts";

const cve = "CVE-2026-10001";

describeOnEachEngine("The routes of feeds", (context) => {
  let server: TestServer;
  let people: People;

  beforeAll(async () => {
    server = await serveTest(context.db);
    people = await makePeople(context.db);
  });
  afterAll(() => server.close());

  const post = async (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    { as = "super_admin", type }: { as?: keyof People["byRole"]; type?: string } = {},
  ) => {
    const headers = {
      authorization: `Bearer ${people.byRole[as].token}`,
      ...(type === undefined ? {} : { "content-type": type }),
    };
    const answer = await fetch(`${server.url}/api/feeds/${path}`, { method: "POST", headers, body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  test.each([
    ["text/csv", (text: string) => new TextEncoder().encode(text)],
    ["application/gzip", (text: string) => new Uint8Array(gzipSync(text))],
    [undefined, (text: string) => new TextEncoder().encode(text)],
  ])("take a file, whatever it says that it is: %s", async (type, encode) => {
    expect(await post("epss", encode(epssOf({ [cve]: 0.5 })), type === undefined ? {} : { type })).toMatchObject({
      status: 200,
      body: { rows: 1, findings: 0, exploited: 0 },
    });
    expect(server.inFlight()).toBe(0);
  });

  test("take JSON as a file, too", async () => {
    const type = "application/json";
    expect(await post("kev", kevOf([cve]), { type })).toMatchObject({ status: 200, body: { rows: 1 } });
  });

  test("refuse what is wrong, and say where", async () => {
    expect(await post("epss", epssOf({ [cve]: 7 }))).toMatchObject({
      status: 422,
      body: { code: "REPORT_MALFORMED", detail: expect.stringMatching(/ine \d/) as string },
    });
    expect(await post("kev", "")).toMatchObject({ status: 422, body: { code: "REPORT_MALFORMED" } });
    expect(await post("epss", epssOf({ [cve]: 0.5 }, "2020-01-01"))).toMatchObject({
      status: 409,
      body: { code: "REPORT_OUT_OF_DATE" },
    });
    expect(await post("epss?force=perhaps", epssOf({ [cve]: 0.5 }))).toMatchObject({ status: 400 });
    expect(await post("epss?force=true", epssOf({ [cve]: 0.5 }))).toMatchObject({ status: 200 });
  });

  test("are for super administrators", async () => {
    for (const as of ["admin", "analyst", "user"] as const)
      expect(await post("epss", epssOf({ [cve]: 0.5 }), { as })).toMatchObject({ status: 403 });
  });

  test("refuse a file that is too large before it is read", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const { port, hostname } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      socket.on("error", reject).once("data", (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      const token = people.byRole.super_admin.token;
      const length = 33 * 1024 * 1024;
      socket.write(
        `POST /api/feeds/epss HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${length}\r\n\r\n`,
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("refuse a file that unpacks to many times its size", async () => {
    const bombOf = (head: string) => new Uint8Array(gzipSync(head + " ".repeat(16 * 1024 * 1024)));
    const refusal = { status: 413, body: { code: "REPORT_TOO_LARGE" } };
    expect(await post("epss", bombOf(epssOf({ [cve]: 0.5 })))).toMatchObject(refusal);
    expect(await post("kev", bombOf("{"))).toMatchObject(refusal);
  });

  test("a client that goes away amid its file leaves nothing behind", async () => {
    const { port, hostname } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const token = people.byRole.super_admin.token;
    const head = `POST /api/feeds/epss HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100000\r\n\r\n`;
    await new Promise((resolve) => socket.write(head + epssOf({ "CVE-2026-10009": 0.1 }), resolve));
    await new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
      socket.destroy();
    });
    expect(await post("epss", epssOf({ [cve]: 0.5 }))).toMatchObject({ body: { added: 0, changed: 0, removed: 0 } });
  });

  test("no other route takes a file", async () => {
    const answer = await fetch(`${server.url}/api/xasm/scans`, {
      method: "POST",
      headers: { authorization: `Bearer ${people.byRole.analyst.token}`, "content-type": "text/csv" },
      body: "a,b",
    });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
  });
});
