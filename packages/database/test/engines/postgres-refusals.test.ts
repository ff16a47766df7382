import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPgBouncer } from "../../../../test/support/pgbouncer.ts";
import { findSystemProgram } from "../../../../test/support/system-programs.ts";
import { createTestDatabase, type TestDatabase } from "../../../../test/support/test-databases.ts";
import { type Database, openDatabase } from "../../src/index.ts";
import { uniqueWord } from "../support/people/accounts.ts";

const pgbouncer = findSystemProgram("pgbouncer");
const password = "s3cret-of-the-test";

describe("A PostgreSQL database that refuses", () => {
  let place: TestDatabase;
  let admin: Database;
  let role: string;
  beforeAll(async () => {
    place = await createTestDatabase({ empty: true });
    admin = await openDatabase(place.url, { migrations: "ignore" });
    role = uniqueWord();
    await script(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
  });
  afterAll(async () => {
    await script(`DROP OWNED BY ${role}`);
    await script(`DROP ROLE ${role}`);
    await admin.close();
    await place.drop();
  });

  const script = (sql: string) => admin.executor.run({ sql, readOnly: false, recurring: false }, []);

  const urlWith = (changes: Partial<Pick<URL, "username" | "password" | "pathname" | "hostname" | "port">>) =>
    Object.assign(new URL(place.url), { username: role, password, ...changes }).href;

  async function refusalOf(url: string): Promise<{ code: string; message: string; help: string }> {
    const opened = openDatabase(url, { connectTimeoutMs: 5000 });
    const error: unknown = await opened.catch((thrown: unknown) => thrown);
    await opened.then((db) => db.close()).catch(() => undefined);
    const { code, message, help } = error as Awaited<ReturnType<typeof refusalOf>>;
    for (const text of [message, help]) expect(text).not.toContain(password);
    return { code, message, help };
  }

  test("for the password names the role, the server and the cause", async () => {
    const { message, help } = await refusalOf(urlWith({ password: `${password}-wrong` }));
    const { host } = new URL(place.url);
    for (const part of ["28P01", role, host]) expect(message).toContain(part);
    expect(help).toContain("password");
  });

  test("for it has no such role or database names them", async () => {
    const absent = await refusalOf(urlWith({ pathname: "/absent_one" }));
    expect(absent).toMatchObject({
      code: "CONNECTION_FAILED",
      help: expect.stringContaining("CREATE DATABASE absent_one"),
    });
    for (const part of ["3D000", "absent_one"]) expect(absent.message).toContain(part);
    expect((await refusalOf(urlWith({ username: "nobody_here" }))).message).toContain("nobody_here");
  });

  test("for nothing listens, the name is unknown, or the socket is not there, says which", async () => {
    const closed: Server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => closed.once("listening", resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const refused = await refusalOf(urlWith({ hostname: "127.0.0.1", port: String(port) }));
    for (const part of ["ECONNREFUSED", `127.0.0.1:${port}`]) expect(refused.message).toContain(part);
    const unknown = await refusalOf(urlWith({ hostname: "no-such-host.invalid" }));
    expect(unknown.message).toMatch(/no-such-host\.invalid.*(?:ENOTFOUND|EAI_AGAIN)/);
    const socket = await refusalOf(`postgres://${role}:${password}@/x?host=${tmpdir()}/absent`);
    for (const part of ["ENOENT", `${tmpdir()}/absent`]) expect(socket.message).toContain(part);
  });

  test("for the role may not connect names the right", async () => {
    await script(`REVOKE CONNECT ON DATABASE ${place.name} FROM PUBLIC`);
    const refused = await refusalOf(urlWith({}));
    await script(`GRANT CONNECT ON DATABASE ${place.name} TO PUBLIC`);
    expect(refused.message).toContain("42501");
    expect(refused.help).toContain(`GRANT CONNECT ON DATABASE ${place.name} TO ${role}`);
  });

  test("for the role may make no tables names the right, the schema, and the statement, which helps", async () => {
    const refused = await refusalOf(urlWith({}));
    for (const part of ["CREATE", "public", role]) expect(refused.message).toContain(part);
    const [statement] = /GRANT CREATE [^;]+/.exec(refused.help) ?? [""];
    await script(statement);
    const db = await openDatabase(urlWith({}));
    await db.close();
    await script(`DROP OWNED BY ${role}`);
  });

  test("for there is no schema names the search path", async () => {
    await script(`ALTER ROLE ${role} IN DATABASE ${place.name} SET search_path = absent_schema`);
    const refused = await refusalOf(urlWith({}));
    await script(`ALTER ROLE ${role} IN DATABASE ${place.name} RESET search_path`);
    expect(refused.message).toContain("absent_schema");
    expect(refused.help).toContain("CREATE SCHEMA");
  });

  test("for it has no connection left says whose limit it is", async () => {
    await script(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
    const refused = await openDatabase(urlWith({}), { connectTimeoutMs: 200 }).catch((thrown: unknown) => thrown);
    await script(`ALTER ROLE ${role} CONNECTION LIMIT -1`);
    expect(refused).toMatchObject({ code: "BUSY", message: expect.stringContaining("53300") });
  });

  test.skipIf(pgbouncer === undefined)("as a pooler without its setting does names the setting", async () => {
    await using bouncer = await startPgBouncer(pgbouncer ?? "", place.url, 1);
    const refused = await refusalOf(bouncer.url);
    expect(refused.message).toContain("08P01");
    expect(refused.help).toContain("NERVE_DATABASE_POOLER");
  });
});
