import { describe, expect, test } from "vitest";
import { openDatabase } from "../../src/opening/open-database.ts";
import { parsePostgresUrl } from "../../src/engines/postgres/connect/location.ts";
import { ValidationError } from "../../src/errors/index.ts";

describe("A PostgreSQL URL", () => {
  test("gives host, port, user, password and database, with their codes of characters read", () => {
    expect(parsePostgresUrl("postgres://a%40b:p%2F%3A%25s@db.example.org:6432/my%20data")).toMatchObject({
      host: "db.example.org",
      port: 6432,
      user: "a@b",
      password: "p/:%s",
      database: "my data",
      applicationName: "nerve",
    });
    expect(parsePostgresUrl("postgresql://u@[2001:db8::7]/d")).toMatchObject({
      host: "2001:db8::7",
      port: 5432,
      password: undefined,
    });
  });

  test.each([
    ["postgres://u@%2Frun%2Fpostgresql/d", "/run/postgresql"],
    ["postgres://u@/d?host=/run/postgresql", "/run/postgresql"],
    ["postgres://u:p@/d?host=/run/postgresql&sslmode=verify-full", "/run/postgresql"],
  ])("may lead to a Unix socket, where nothing is encrypted: %s", (url, host) => {
    expect(parsePostgresUrl(url)).toMatchObject({ host, tlsMode: "disable", user: "u", database: "d" });
  });

  test.each([
    ["db.example.org", "verify-full"],
    ["192.0.2.7", "verify-full"],
    ["[2001:db8::7]", "verify-full"],
    ["localhost.example.org", "verify-full"],
    ["127.example.org", "verify-full"],
    ["0.0.0.0", "verify-full"],
    ["localhost", "allow"],
    ["127.0.0.1", "allow"],
    ["[::1]", "allow"],
  ])("without an sslmode holds %s to %s", (host, tlsMode) => {
    expect(parsePostgresUrl(`postgres://u@${host}/d`).tlsMode).toBe(tlsMode);
  });

  test("with an authority is verified on this machine too, and by `require`, as libpq does", () => {
    expect(parsePostgresUrl("postgres://u@localhost/d?sslrootcert=/ca.pem").tlsMode).toBe("verify-full");
    expect(parsePostgresUrl("postgres://u@localhost/d?sslmode=require&sslrootcert=/ca.pem").tlsMode).toBe("verify-ca");
    expect(parsePostgresUrl("postgres://u@db.example.org/d?sslmode=require").tlsMode).toBe("require");
  });

  test("may name the schema of the tables, but not behind a pooler, which would not be told", async () => {
    expect(parsePostgresUrl("postgres://u@localhost/d").schema).toBeUndefined();
    expect(parsePostgresUrl("postgres://u@localhost/d?schema=Nerve-1").schema).toBe("Nerve-1");
    const opened = openDatabase("postgres://u@localhost/d?schema=nerve", { pooler: "transaction" });
    await expect(opened).rejects.toMatchObject({ field: "url", message: expect.stringContaining("search_path") });
  });

  test.each([
    ["a schema that is none", "postgres://u:s3cret@one/d?schema=a%20b"],
    ["a schema of PostgreSQL's own", "postgres://u:s3cret@one/d?schema=pg_temp"],
    ["several hosts", "postgres://u:s3cret@one,two/d"],
    ["several hosts in a parameter", "postgres://u:s3cret@/d?host=one,two"],
    ["several hosts with ports", "postgres://u:s3cret@one:1,two:2/d"],
    ["two hosts", "postgres://u:s3cret@one/d?host=/run/postgresql"],
    ["two ports", "postgres://u:s3cret@one:5432/d?port=5433"],
    ["no user", "postgres://one/d"],
    ["no database", "postgres://u:s3cret@one"],
    ["an empty database", "postgres://u:s3cret@one/"],
    ["a path for a database", "postgres://u:s3cret@one/d/e"],
    ["no host", "postgres://u:s3cret@/d"],
    ["a port of 0", "postgres://u:s3cret@one/d?port=0"],
    ["a port that is none", "postgres://u:s3cret@one:70000/d"],
    ["an unknown sslmode", "postgres://u:s3cret@one/d?sslmode=s3cret"],
    ["verify-ca without an authority", "postgres://u:s3cret@one/d?sslmode=verify-ca"],
    ["a certificate without its key", "postgres://u:s3cret@one/d?sslcert=/s3cret.pem"],
    ["a parameter twice", "postgres://u:s3cret@one/d?sslmode=disable&sslmode=require"],
    ["an empty parameter", "postgres://u:s3cret@one/d?sslmode="],
    ["attack: options for the session", "postgres://u:s3cret@one/d?options=-c%20statement_timeout%3D0"],
    ["attack: replication", "postgres://u:s3cret@one/d?replication=database"],
    ["attack: a NUL that ends the user", "postgres://u%00replication%00true:s3cret@one/d"],
    ["attack: a NUL that ends the database", "postgres://u:s3cret@one/d%00options%00-csearch_path"],
    ["attack: a NUL in a parameter", "postgres://u:s3cret@one/d?application_name=a%00user%00postgres"],
    ["attack: a line break in the host", "postgres://u:s3cret@one%0Atwo/d"],
    ["a bare percent sign in the password", "postgres://u:s3cret%zz@one/d"],
    ["a bare # in the password", "postgres://u:s3cret#m0re@one/d"],
    ["a bare ? in the password", "postgres://u:s3cret?m0re=s3cret@one/d"],
    ["a bare / in the password", "postgres://u:s3cret/m0re@one/d"],
    ["a bare @ in the password", "postgres://u:p@s3cret@one/d?s3cret"],
  ])("is refused with %s, in words that repeat nothing of it", (_, url) => {
    let refusal: unknown;
    try {
      parsePostgresUrl(url);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(ValidationError);
    expect(refusal).toMatchObject({ field: "url" });
    expect(`${String(refusal)} ${JSON.stringify(refusal)}`).not.toMatch(/s3cret|m0re/);
  });

  test("of a replica is refused by its own name", async () => {
    const outcome = openDatabase("postgres://u@127.0.0.1:1/d", { readUrl: "postgres://u:s3cret@one,two/d" });
    await expect(outcome).rejects.toMatchObject({ field: "readUrl", message: expect.not.stringContaining("s3cret") });
  });
});
