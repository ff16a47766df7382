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
const lineBreak = Buffer.from("\n");
/** No statement between the rows is longer. */
const longest = 1024 * 1024;

/** What the rows of an archive consist of, in their order. */
export interface RowsSink {
  /** A statement between the rows; what begins rows is one as well. */
  readonly line: (line: string) => void;
  /** A piece of rows in COPY's text format. */
  readonly rows: (piece: Buffer) => void;
  readonly rowsEnd: () => void;
}

/** Looks through what would load the rows of an archive, as it comes, for anything but rows. */
export class RowsWatch {
  readonly #sink: RowsSink | undefined;
  #isInRows = false;
  /** Whether the line break before the first row is still to come. */
  #isAtStart = false;
  #waiting: Buffer = Buffer.alloc(0);

  /** @param sink given what was found to be in order */
  constructor(sink?: RowsSink) {
    this.#sink = sink;
  }

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
    this.#isAtStart = this.#isInRows;
    this.#sink?.line(line);
    // The end of the rows begins with the line break before it.
    return this.#isInRows ? text.subarray(end) : text.subarray(end + 1);
  }

  #skipRows(text: Buffer): Buffer | undefined {
    const end = text.indexOf(endOfRows);
    if (end === -1) {
      if (text.length < endOfRows.length) return undefined;
      this.#give(text.subarray(0, 1 - endOfRows.length));
      return text.subarray(1 - endOfRows.length);
    }
    this.#give(text.subarray(0, end));
    if (!this.#isAtStart) this.#sink?.rows(lineBreak);
    this.#sink?.rowsEnd();
    this.#isInRows = false;
    return text.subarray(end + endOfRows.length);
  }

  #give(piece: Buffer): void {
    if (piece.length === 0) return;
    const rows = this.#isAtStart ? piece.subarray(1) : piece;
    this.#isAtStart = false;
    if (rows.length > 0) this.#sink?.rows(rows);
  }
}

function refuse(): never {
  throw new BackupError("BACKUP_INVALID", {
    message: "The backup holds something else between the rows of its tables, which NERVE did not make.",
  });
}
