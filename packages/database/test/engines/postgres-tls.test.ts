import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Authority, makeAuthority } from "../../../../test/support/certificates.ts";
import { type PostgresServer, startPostgresServer } from "../../../../test/support/postgres-server.ts";
import { findSystemProgram } from "../../../../test/support/system-programs.ts";
import { openDatabase } from "../../src/opening/open-database.ts";
import type { Query } from "../../src/engines/port/engine.ts";

const openssl = findSystemProgram("openssl");
const isEncrypted: Query = {
  sql: "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
  readOnly: true,
  recurring: false,
};

/** Opens a database and tells whether its connection is encrypted. */
async function connect(url: string): Promise<boolean> {
  await using db = await openDatabase(url, { migrations: "ignore" });
  const [row] = await db.executor.all(isEncrypted, []);
  return row?.["ssl"] as boolean;
}

describe.skipIf(openssl === undefined)("TLS to PostgreSQL", () => {
  let authority: Authority;
  let stranger: Authority;
  let client: { certificate: string; key: string };
  /** With TLS for whoever wants it, except that user `strict` must, and user `carded` shows a certificate. */
  let secure: PostgresServer;
  /** With a certificate for another host. */
  let misnamed: PostgresServer;
  let plain: PostgresServer;

  beforeAll(async () => {
    [authority, stranger] = await Promise.all([makeAuthority(openssl ?? ""), makeAuthority(openssl ?? "")]);
    const [right, wrong, card] = await Promise.all([
      authority.sign("server", "DNS:localhost,IP:127.0.0.1"),
      authority.sign("elsewhere", "DNS:db.example.org"),
      authority.sign("carded", "DNS:client.example.org"),
    ]);
    client = card;
    const rules = await authority.writeFile(
      "pg_hba.conf",
      `hostnossl all strict all reject
       hostssl all carded all cert
       host all strict all trust
       host all all all trust\n`,
    );
    const withTls = ({ certificate, key }: typeof client) => ({
      ssl: "on",
      ssl_cert_file: certificate,
      ssl_key_file: key,
      ssl_ca_file: authority.certificate,
      hba_file: rules,
    });
    [secure, misnamed, plain] = await Promise.all([
      startPostgresServer(withTls(right)),
      startPostgresServer(withTls(wrong)),
      startPostgresServer(),
    ]);
    await using db = await openDatabase(secure.url(), { migrations: "ignore" });
    for (const role of ["strict", "carded"]) {
      await db.executor.run({ sql: `CREATE ROLE ${role} LOGIN`, readOnly: false, recurring: false }, []);
    }
  });
  afterAll(async () => {
    await Promise.all([secure, misnamed, plain].map((server) => server.remove()));
    await Promise.all([authority, stranger].map((one) => one[Symbol.asyncDispose]()));
  });

  const url = (server: PostgresServer, parameters: Record<string, string>, user?: string) => {
    const made = new URL(server.url());
    if (user !== undefined) made.username = user;
    for (const [name, value] of Object.entries(parameters)) made.searchParams.set(name, value);
    return made.href;
  };
  const trusted = () => ({ sslrootcert: authority.certificate });
  const untrusted = () => ({ sslrootcert: stranger.certificate });

  test.each([
    ["disable", false],
    ["allow", false],
    ["prefer", true],
    ["require", true],
  ])("with sslmode=%s to a server that offers it: encrypted is %s", async (sslmode, encrypted) => {
    expect(await connect(url(secure, { sslmode }))).toBe(encrypted);
  });

  test("with sslmode=verify-ca asks for the authority, not for the name", async () => {
    const sslmode = "verify-ca";
    expect(await connect(url(secure, { sslmode, ...trusted() }))).toBe(true);
    expect(await connect(url(misnamed, { sslmode, ...trusted() }))).toBe(true);
    expect(await connect(url(misnamed, { sslmode: "require", ...trusted() }))).toBe(true);
    await expect(connect(url(secure, { sslmode, ...untrusted() }))).rejects.toMatchObject({
      code: "CONNECTION_FAILED",
      message: expect.stringContaining("is not trusted"),
    });
  });

  test("with sslmode=verify-full asks for the authority and the name", async () => {
    const sslmode = "verify-full";
    expect(await connect(url(secure, { sslmode, ...trusted() }))).toBe(true);
    expect(await connect(url(secure, trusted()))).toBe(true);
    await expect(connect(url(misnamed, { sslmode, ...trusted() }))).rejects.toMatchObject({
      code: "CONNECTION_FAILED",
      message: expect.stringContaining("another host name"),
    });
    for (const other of [untrusted(), {}, { sslrootcert: "system" }]) {
      await expect(connect(url(secure, { sslmode, ...other }))).rejects.toMatchObject({
        message: expect.stringContaining("is not trusted"),
      });
    }
  });

  test("attack: is not switched off by NODE_TLS_REJECT_UNAUTHORIZED", async () => {
    const { NODE_TLS_REJECT_UNAUTHORIZED: before } = process.env;
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      await expect(connect(url(secure, { sslmode: "verify-full" }))).rejects.toMatchObject({
        code: "CONNECTION_FAILED",
      });
    } finally {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
  });

  test.each(["allow", "prefer", "disable"])("with sslmode=%s goes without where there is none", async (sslmode) => {
    expect(await connect(url(plain, { sslmode }))).toBe(false);
  });

  test.each(["require", "verify-full"])("with sslmode=%s says so where there is none", async (sslmode) => {
    await expect(connect(url(plain, { sslmode }))).rejects.toMatchObject({
      code: "CONNECTION_FAILED",
      message: expect.stringContaining("offers no TLS"),
    });
  });

  test("is not blamed, where there is none, for a role that may not log in", async () => {
    const { password } = new URL(plain.url());
    await using db = await openDatabase(plain.url(), { migrations: "ignore" });
    const sql = `CREATE ROLE barred NOLOGIN PASSWORD '${decodeURIComponent(password)}'`;
    await db.executor.run({ sql, readOnly: false, recurring: false }, []);
    await expect(connect(url(plain, { sslmode: "allow" }, "barred"))).rejects.toMatchObject({
      code: "CONNECTION_FAILED",
      message: expect.stringContaining("28000"),
    });
  });

  test("is taken by `allow`, and so by default on this machine, where the server insists", async () => {
    expect(await connect(url(secure, {}, "strict"))).toBe(true);
    await expect(connect(url(secure, { sslmode: "disable" }, "strict"))).rejects.toMatchObject({
      code: "CONNECTION_FAILED",
    });
  });

  test("shows the client's certificate, and its file has to be there", async () => {
    const card = { sslcert: client.certificate, sslkey: client.key };
    expect(await connect(url(secure, { ...trusted(), ...card }, "carded"))).toBe(true);
    await expect(connect(url(secure, trusted(), "carded"))).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    await expect(connect(url(secure, { sslrootcert: "/none.pem" }))).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: "url: names a file in sslrootcert that cannot be read (ENOENT)",
    });
  });

  test("no error holds the password", async () => {
    const wrong = new URL(url(plain, { sslmode: "require" }));
    wrong.password = "s3cret-of-the-url";
    const failure = await connect(wrong.href).catch((error: unknown) => error);
    const { inspect } = await import("node:util");
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain("s3cret-of-the-url");
  });
});
