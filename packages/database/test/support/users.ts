import type { Handle } from "../../src/database/handle.ts";
import { statement } from "../../src/database/statement.ts";
import type { UserStatus } from "../../src/schema/core.ts";

interface NewUser {
  email: string;
  status: UserStatus;
  companyId: number | null;
  now: Date;
}

const insertUser = statement((sql, user: NewUser) =>
  sql
    .insertInto("users")
    .values({
      email: user.email,
      password_hash: "no password has this hash",
      role: "user",
      status: user.status,
      company_id: user.companyId,
      created_at: user.now,
      updated_at: user.now,
    })
    .returning("id"),
);

const insertCompany = statement((sql, { name, now }: { name: string; now: Date }) =>
  sql.insertInto("companies").values({ name, primary_domain: name, created_at: now, updated_at: now }).returning("id"),
);

const usersByHandle = new WeakMap<object, number>();

/** Inserts a user who cannot sign in, for tests of what merely belongs to one; returns the id. */
export async function insertTestUser(
  db: Handle,
  { status = "active", companyId = null }: { status?: UserStatus; companyId?: number | null } = {},
): Promise<number> {
  const count = (usersByHandle.get(db) ?? 0) + 1;
  usersByHandle.set(db, count);
  const row = await insertUser.first(db, {
    email: `user-${count}@example.org`,
    status,
    companyId,
    now: db.clock.now(),
  });
  return row?.id ?? 0;
}

/** Inserts a company; returns the id. */
export async function insertTestCompany(db: Handle, name: string): Promise<number> {
  const row = await insertCompany.first(db, { name, now: db.clock.now() });
  return row?.id ?? 0;
}
