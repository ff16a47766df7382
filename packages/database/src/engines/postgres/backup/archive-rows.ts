import { BackupError } from "../../../errors/index.ts";

const name = String.raw`(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")`;
/** What pg_restore writes between the rows of tables. */
const allowed = [
  /^(?:--.*)?$/,
  /^\\(?:un)?restrict \w+$/,
  /^SET [a-z_]+ = [\w']+;$/,
  /^SELECT pg_catalog\.set_config\('search_path', '', false\);$/,
  /^SELECT pg_catalog\.setval\('(?:[^'\\]|'')+', -?\d+, (?:true|false)\);$/,
];
const rowsFollow = new RegExp(`^COPY (?:${name}\\.)?${name} (?:\\(${name}(?:, ${name})*\\))? FROM stdin;$`);
const endOfRows = Buffer.from("\n\\.\n");
const lineFeed = 10;
/** No statement between the rows is longer. */
const longest = 1024 * 1024;

/** Looks through what would load the rows of an archive, as it comes, for anything but rows. */
export class RowsWatch {
  #isInRows = false;
  #waiting: Buffer = Buffer.alloc(0);

  /** @throws {BackupError} BACKUP_INVALID when something else stands between the rows */
  push(chunk: Buffer): void {
    let rest = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    for (let next = this.#step(rest); next !== undefined; next = this.#step(rest)) rest = next;
    if (!this.#isInRows && rest.length > longest) refuse();
    this.#waiting = Buffer.from(rest);
  }

  /** @throws {BackupError} BACKUP_INVALID when the rows did not end */
  end(): void {
    if (this.#isInRows || this.#waiting.length > 0) refuse();
  }

  /** @returns what follows the next line or the end of the rows; undefined when more has to come first */
  #step(text: Buffer): Buffer | undefined {
    if (this.#isInRows) return this.#skipRows(text);
    const end = text.indexOf(lineFeed);
    if (end === -1) return undefined;
    const line = text.toString("utf8", 0, end);
    this.#isInRows = rowsFollow.test(line);
    if (!this.#isInRows && !allowed.some((pattern) => pattern.test(line))) refuse();
    // The end of the rows begins with the line break before it.
    return this.#isInRows ? text.subarray(end) : text.subarray(end + 1);
  }

  #skipRows(text: Buffer): Buffer | undefined {
    const end = text.indexOf(endOfRows);
    if (end === -1) return text.length < endOfRows.length ? undefined : text.subarray(1 - endOfRows.length);
    this.#isInRows = false;
    return text.subarray(end + endOfRows.length);
  }
}

function refuse(): never {
  throw new BackupError("BACKUP_INVALID", {
    message: "The backup holds something else between the rows of its tables, which NERVE did not make.",
  });
}
