import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { type Database, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { describeOnEachEngine, migratedPlace } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

/** Sends bytes as they are, and gives what comes back. */
function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

/** Asks for an address as it is written; fetch would take its dots out. Gives the status and the body. */
async function askAsIs(url: string, path: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const [answer] = (await once(get({ hostname, port, path }), "response")) as [IncomingMessage];
  return `${answer.statusCode} ${await text(answer)}`;
}

describeOnEachEngine("problems", (context) => {
  let server: TestServer;
  let person: Person;

  beforeAll(async () => {
    server = await serveTest(context.db);
    person = await signedIn(context.db, "super_admin");
  });
  afterAll(() => server.close());

  const problem = (answer: Awaited<ReturnType<TestServer["call"]>>) => {
    expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.body.requestId).toBe(answer.headers.get("x-request-id"));
    expect(answer.body.status).toBe(answer.status);
    return [answer.status, answer.body.code];
  };

  test("an address that does not exist", async () => {
    for (const path of ["/api", "/api/nothing", "/api/users/1/nothing", "/.git/config", "/API/health"]) {
      expect(problem(await server.call(`GET ${path}`))).toEqual([404, "NOT_FOUND"]);
    }
  });

  test("a method that an address does not take names those that it takes", async () => {
    for (const path of ["/api/users/1", "/api/users/1/"]) {
      const answer = await server.call(`PUT ${path}`);
      expect(problem(answer)).toEqual([405, "METHOD_NOT_ALLOWED"]);
      expect(answer.headers.get("allow")).toBe("DELETE, GET, HEAD, PATCH");
    }
  });

  test("attack: TRACE gives nothing back", async () => {
    const answer = await sendRaw(server.url, "TRACE /api/health HTTP/1.1\r\nhost: x\r\ncookie: a=secret\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain("secret");
  });

  test("what is no HTTP, and headers that are too large", async () => {
    expect(await sendRaw(server.url, "hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 .*"code":"INVALID_INPUT"/s);
    const large = `GET /api/health HTTP/1.1\r\nhost: x\r\nx: ${"a".repeat(70_000)}\r\n\r\n`;
    expect(await sendRaw(server.url, large)).toMatch(/^HTTP\/1\.1 431 .*"code":"HEADERS_TOO_LARGE"/s);
  });

  test("attack: a request with two lengths is refused whole", async () => {
    const smuggled = "GET /api/users HTTP/1.1\r\nhost: x\r\n\r\n";
    const head = `POST /api/auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: ${smuggled.length}\r\ntransfer-encoding: chunked`;
    const answer = await sendRaw(server.url, `${head}\r\n\r\n0\r\n\r\n${smuggled}`);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("attack: a request with two hosts is refused, in whatever case they are written", async () => {
    for (const second of ["Host", "host", "HOST"]) {
      const answer = await sendRaw(
        server.url,
        `GET /api/health HTTP/1.1\r\nHost: x\r\n${second}: evil.example\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"INVALID_INPUT".*"field":"host"/s);
    }
  });

  test.each([
    "/docs/static/../../../../etc/passwd",
    "/docs/static/%2e%2e/%2e%2e/package.json",
    "/docs/static/..%2f..%2fpackage.json",
    "/docs/static/%00",
    "/docs/static/nothing.js",
    "/docs/static/.env",
  ])("attack: %s is a file that is not there", async (path) => {
    expect(await askAsIs(server.url, path)).toMatch(/^404 .*"code":"NOT_FOUND"/s);
    expect(server.logLines.filter((line) => line.includes("request failed"))).toEqual([]);
  });

  describe("a body", () => {
    const post = (body: string, type = "application/json") =>
      server.call("POST /api/auth/sign-in", { body, headers: { "content-type": type } });

    test.each(["{", "", "null", "[]", '"text"', "{'a': 1}"])("that is %j", async (body) => {
      expect(problem(await post(body))).toEqual([400, "INVALID_INPUT"]);
    });

    test("of another kind than JSON", async () => {
      for (const type of ["text/plain", "application/xml", "application/x-www-form-urlencoded"]) {
        expect(problem(await post("{}", type))).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
      }
    });

    test("that is too large", async () => {
      expect(problem(await post(`"${"a".repeat(1024 * 1024)}"`))).toEqual([413, "PAYLOAD_TOO_LARGE"]);
    });

    test("attack: with a key that would change every object", async () => {
      for (const body of ['{"__proto__":{"role":"super_admin"}}', '{"constructor":{"prototype":{"a":1}}}']) {
        expect(problem(await post(body))).toEqual([400, "INVALID_INPUT"]);
      }
    });

    test("names each field at fault, and repeats no value", async () => {
      const answer = await post('{"email":1,"password":"hunter2-hunter2","extra":"hunter3"}');
      expect(answer.body.issues).toEqual([
        { field: "email", message: "must be text" },
        { field: "extra", message: "is not a known field" },
      ]);
      expect(answer.text).not.toContain("hunter");
    });
  });

  describe("a query", () => {
    test.each([
      ["limit=0", "limit"],
      ["limit=1001", "limit"],
      ["limit=1e2", "limit"],
      ["limit=%201", "limit"],
      ["limit=", "limit"],
      ["limit=1&limit=2", "limit"],
      ["role=root", "role"],
      ["role=user&role=admin", "role"],
      ["cursor=%00", "cursor"],
      ["cursor=abc", "cursor"],
      ["search=a&search=b", "search"],
      ["isAdmin=true", "isAdmin"],
    ])("attack: ?%s is refused, and the field named", async (query, field) => {
      const answer = await server.call(`GET /api/users?${query}`, { token: person.token });
      expect(problem(answer)).toEqual([400, "INVALID_INPUT"]);
      expect(answer.body.issues[0].field).toBe(field);
    });

    test.each(["0", "-1", "1.5", "1e1", "abc", "9007199254740993", "%27%20or%201=1"])(
      "attack: an id of %s is refused",
      async (id) => {
        const answer = await server.call(`GET /api/users/${id}`, { token: person.token });
        expect(problem(answer)).toEqual([400, "INVALID_INPUT"]);
      },
    );
  });

  test("a conflict says which it is", async () => {
    const body = { email: person.email, role: "user", password: "quiet harbour lantern nine" };
    const answer = await server.call("POST /api/users", { token: person.token, body });
    expect(problem(answer)).toEqual([409, "CONFLICT"]);
  });

  test("a fault of the server tells the client a fixed sentence, and the log what it was", async () => {
    const place = await migratedPlace(context.engine);
    const db: Database = await openDatabase(place.url);
    const broken = await serveTest(db);
    await db.close();
    const answer = await broken.call("GET /api/health/ready");
    expect(problem(answer)).toEqual([503, "CLOSED"]);
    expect(answer.body.detail).toBe("The database handle is closed.");
    const line = broken.logLines.find((logged) => logged.includes("request failed"));
    expect(line).toContain(answer.body.requestId);
    await broken.close();
    await place.remove();
  });

  const headersOf = ({ headers }: Awaited<ReturnType<TestServer["call"]>>) => Object.fromEntries(headers);

  const ofData = {
    "cache-control": "no-store",
    connection: "keep-alive",
    "content-length": expect.any(String),
    "content-security-policy": "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    "content-type": "application/json; charset=utf-8",
    "cross-origin-resource-policy": "same-origin",
    date: expect.any(String),
    "keep-alive": expect.any(String),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
  };

  test("every answer tells browsers what not to do with it, be it a refusal", async () => {
    const answered = headersOf(await server.call("GET /api/auth/me", { token: person.token }));
    expect(answered).toEqual(ofData);
    const refused = headersOf(await server.call("GET /api/nothing"));
    expect(Object.keys(refused)).toEqual(Object.keys(answered));
  });

  test("what is no data tells them what not to do with a page besides", async () => {
    const none = headersOf(await server.call("GET /nothing"));
    expect(none).toEqual({
      ...ofData,
      "content-type": "application/problem+json; charset=utf-8",
      "cross-origin-opener-policy": "same-origin",
      "origin-agent-cluster": "?1",
      "referrer-policy": "no-referrer",
      "x-dns-prefetch-control": "off",
      "x-download-options": "noopen",
      "x-permitted-cross-domain-policies": "none",
      "x-xss-protection": "0",
    });
  });

  test("with an https address, browsers are told never to come without", async () => {
    const secure = await serveTest(context.db, { NERVE_PUBLIC_URL: "https://nerve.example.org" });
    const { headers } = await secure.call("GET /api/health");
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
    await secure.close();
  });
});
