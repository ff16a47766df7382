import type pg from "pg";
import { DatabaseError } from "../../../errors/index.ts";
import { hasCode } from "../../../files/errors.ts";
import { quoteName } from "../../shared/ddl.ts";

const insufficientPrivilege = "42501";
const noSchema = "3F000";

interface Standing {
  readonly role: string;
  readonly schema: string | null;
  readonly path: string;
  readonly mayCreate: boolean | null;
}

const standingQuery = `SELECT current_user::text AS role, current_schema()::text AS schema, current_setting('search_path') AS path,
  has_schema_privilege(current_schema()::text, 'CREATE') AS "mayCreate"`;

/** Whether the role lacks a right, or a schema to work in. */
export function isMissingRight(error: unknown): error is DatabaseError {
  return (
    error instanceof DatabaseError && (hasCode(error.cause, insufficientPrivilege) || hasCode(error.cause, noSchema))
  );
}

/**
 * Names the right that a statement lacked, and the statement that grants it.
 * @param client the connection, whose transaction has been rolled back
 */
export async function explainMissingRight(client: pg.PoolClient, error: DatabaseError): Promise<DatabaseError> {
  const { rows } = await client.query<Standing>(standingQuery);
  const [standing] = rows;
  const told = standing === undefined ? undefined : describe(standing);
  return told === undefined ? error : new DatabaseError("DATABASE_FAILED", { ...told, cause: error.cause });
}

function describe({ role, schema, path, mayCreate }: Standing): { message: string; help: string } | undefined {
  if (schema === null) {
    return {
      message: `No schema of the search path (${path}) is there for the role ${role}.`,
      help: `Make one and give it to the role: CREATE SCHEMA name AUTHORIZATION ${quoteName(role)}, or GRANT USAGE, CREATE ON SCHEMA name TO ${quoteName(role)}.`,
    };
  }
  if (mayCreate !== false) return undefined;
  return {
    message: `The role ${role} lacks the right CREATE on the schema ${schema}, where NERVE makes its tables.`,
    help: `As the owner of the schema or a superuser: GRANT CREATE ON SCHEMA ${quoteName(schema)} TO ${quoteName(role)}; or let the role own the database.`,
  };
}
