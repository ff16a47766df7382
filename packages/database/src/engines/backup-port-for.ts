import { ValidationError } from "../errors/index.ts";
import type { BackupPort, BackupTools } from "./port/backup.ts";
import { PostgresBackup } from "./postgres/backup/backup.ts";
import { SqliteBackup } from "./sqlite/backup/backup.ts";
import { parseSqliteUrl } from "./sqlite/connect/location.ts";

/** Backup and restore of a database that nobody has opened, perhaps because it cannot be opened any more. */
export function backupPortFor(url: string, tools: BackupTools): BackupPort {
  if (url.startsWith("sqlite:")) return new SqliteBackup({ place: parseSqliteUrl(url) });
  if (/^postgres(?:ql)?:\/\//.test(url)) return new PostgresBackup({ url, tools });
  throw new ValidationError([{ field: "url", message: "must begin with sqlite: or postgres://" }]);
}
