import { createSession, type Database, type UserRole } from "@nerve/database";
import { createTestCompany, createTestUser } from "../../../database/test/support/people/accounts.ts";

/** A signed-in user. */
export interface Person {
  readonly id: number;
  readonly email: string;
  readonly companyId: number | null;
  readonly token: string;
  readonly refreshToken: string;
  readonly sessionId: number;
  readonly expiresAt: Date;
}

/** Makes a user and signs them in. */
export async function signedIn(
  db: Database,
  role: UserRole,
  { companyId = null }: { companyId?: number | null } = {},
): Promise<Person> {
  const end = new Date(db.clock.now().getTime() + 24 * 3600_000);
  const user = await createTestUser(db, { role, company_id: companyId, expires_at: role === "demo" ? end : null });
  const session = await createSession(db, { userId: user.id, ipAddress: "192.0.2.1" });
  return { ...user, companyId, ...session };
}

/** Everybody whom a test of roles needs: each role in one company, and somebody of another. */
export interface People {
  readonly companyId: number;
  readonly otherCompanyId: number;
  /** The super administrator belongs to no company, the others to `companyId`. */
  readonly byRole: Readonly<Record<UserRole, Person>>;
  /** An administrator of no company, who reaches all. */
  readonly everywhere: Person;
  /** Somebody of the other company. */
  readonly stranger: Person;
}

/** Makes two companies and everybody in them. */
export async function makePeople(db: Database): Promise<People> {
  const { id: companyId } = await createTestCompany(db);
  const { id: otherCompanyId } = await createTestCompany(db);
  const here = { companyId };
  return {
    companyId,
    otherCompanyId,
    byRole: {
      super_admin: await signedIn(db, "super_admin"),
      admin: await signedIn(db, "admin", here),
      analyst: await signedIn(db, "analyst", here),
      user: await signedIn(db, "user", here),
      company_user: await signedIn(db, "company_user", here),
      demo: await signedIn(db, "demo", here),
    },
    everywhere: await signedIn(db, "admin"),
    stranger: await signedIn(db, "user", { companyId: otherCompanyId }),
  };
}
