import {
  type Company,
  type Database,
  findCompanyByDomain,
  findUserByEmail,
  NotFoundError,
  type User,
} from "@nerve/database";

/** Finds the user that a command is about. */
export async function requireUser(db: Database, email: string): Promise<User> {
  const user = await findUserByEmail(db, email);
  if (user === null) throw new NotFoundError({ message: `There is no user with the e-mail address ${email}.` });
  return user;
}

/** Finds the company that a command is about. */
export async function requireCompany(db: Database, domain: string): Promise<Company> {
  const company = await findCompanyByDomain(db, domain);
  if (company === null) throw new NotFoundError({ message: `No company has the domain ${domain}.` });
  return company;
}
