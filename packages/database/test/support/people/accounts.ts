import { randomBytes } from "node:crypto";
import type { Insertable } from "kysely";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchFirst, runQuery } from "../../../src/database/statement.ts";
import type { Schema } from "../../../src/schema/tables.ts";

/** The password of every test user. */
export const testPassword = "moon river dance seven";

/** Its Argon2id hash with today's parameters, made beforehand: hashing is slow on purpose. */
export const testPasswordHash =
  "$argon2id$v=19$m=19456,t=2,p=1$h2AxtyLeHbPpqWvrRQbp2w$5PGg1Ph8pc1XwGAWZd56xTgEn8s6x77M1bVaKz2UvxE";

/** A word that no other call returns, so that the tests of a suite can share a database. */
export function uniqueWord(): string {
  return `t${randomBytes(8).toString("hex")}`;
}

/**
 * Inserts a company.
 * @param values columns by their names in SQL; the rest is filled in
 */
export async function createTestCompany(
  db: Handle,
  values: Partial<Insertable<Schema["companies"]>> = {},
): Promise<{ id: number; primaryDomain: string }> {
  const now = db.clock.now();
  const word = uniqueWord();
  const insert = db.sql
    .insertInto("companies")
    .values({
      name: word,
      primary_domain: `${word}.example`,
      max_seats: 100,
      created_at: now,
      updated_at: now,
      ...values,
    })
    .returning(["id", "primary_domain"]);
  return (await fetchFirst(db, insert)) as { id: number; primaryDomain: string };
}

/**
 * Inserts an active user with `testPassword`.
 * @param values columns by their names in SQL; the rest is filled in
 */
export async function createTestUser(
  db: Handle,
  values: Partial<Insertable<Schema["users"]>> = {},
): Promise<{ id: number; email: string }> {
  const now = db.clock.now();
  const insert = db.sql
    .insertInto("users")
    .values({
      email: `${uniqueWord()}@example.org`,
      password_hash: testPasswordHash,
      role: "user",
      email_verified: true,
      created_at: now,
      updated_at: now,
      ...values,
    })
    .returning(["id", "email"]);
  return (await fetchFirst(db, insert)) as { id: number; email: string };
}

/**
 * Changes a user behind the back of every function.
 * @param changes columns by their names in SQL
 */
export async function alterTestUser(
  db: Handle,
  userId: number,
  changes: Partial<Insertable<Schema["users"]>>,
): Promise<void> {
  await runQuery(db, db.sql.updateTable("users").set(changes).where("id", "=", userId));
}
