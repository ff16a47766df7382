import type { Handle } from "../../database/handle.ts";
import { MigrationError } from "../../errors/index.ts";
import { getMigrationStatus } from "../../migrations/migrator.ts";

/** Why the schema is not the one that this code knows; null where it is. */
export async function schemaGap(db: Handle): Promise<string | null> {
  try {
    const { pending } = await getMigrationStatus(db);
    if (pending.length === 0) return null;
    const versions = pending.map(({ version }) => version).join(", ");
    return `Migrations are pending: ${versions}. \`nerve migrate up\` applies them, after a backup.`;
  } catch (error) {
    if (error instanceof MigrationError) return error.message;
    throw error;
  }
}
