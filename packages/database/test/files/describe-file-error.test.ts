import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseError, formatBytes } from "../../src/index.ts";
import { translateFileError } from "../../src/files/errors.ts";
import { translateSqliteError } from "../../src/engines/sqlite/run/errors.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-errors-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the system throws. */
function systemError(code: string, more: Record<string, string> = {}): Error {
  return Object.assign(new Error(`${code}: of the system`), { code, syscall: "open", ...more });
}

function told(error: unknown, place?: string): DatabaseError {
  const translated = translateFileError(error, place);
  expect(translated).toBeInstanceOf(DatabaseError);
  return translated as DatabaseError;
}

const firstDay = ["ENOENT", "EACCES", "EPERM", "ENOTDIR", "EISDIR", "EROFS", "EBUSY", "EMFILE", "ENFILE", "EEXIST"];
const full = ["ENOSPC", "EDQUOT", "EFBIG"];

describe("an error of the file system", () => {
  test.each([...firstDay, "ELOOP", "ENAMETOOLONG", "EXDEV", "EIO", "ESTALE"])(
    "%s is told with its own name, the path and a remedy of its own",
    (code) => {
      const path = join(folder, "of-nobody");
      const { code: family, message, help } = told(systemError(code, { path }));
      expect(family).toBe("FILE_UNUSABLE");
      expect(message).toContain(path);
      expect(message).toContain(`(${code})`);
      expect(message).not.toContain("undefined");
      expect(help).not.toBe(new DatabaseError("FILE_UNUSABLE").help);
    },
  );

  test.each(full)("%s is a disk that is full: which, and what is free there", (code) => {
    const path = join(folder, "of-nobody");
    const { code: family, message } = told(systemError(code, { path }));
    expect(family).toBe("STORAGE_FULL");
    expect(message).toMatch(new RegExp(`^The disk of ${path} is full: [\\d.,]+ \\w+ are free \\(${code}\\)\\.$`));
  });

  test.each([...firstDay, ...full])("%s of a file that is open is told with what the work was about", (code) => {
    expect(told(systemError(code), join(folder, "backups")).message).toContain(join(folder, "backups"));
    expect(told(systemError(code)).message).toContain(code);
  });

  test.each(["EACCES", "EPERM"])("%s tells whose it is, and who asks", (code) => {
    const { help } = told(systemError(code, { path: join(folder, "none", "of", "these") }));
    expect(help).toContain(`${folder} belongs to user id ${process.getuid?.()}`);
    expect(help).toContain("sudo -u");
  });

  test("of a rename tells both names", () => {
    const error = systemError("EBUSY", { syscall: "rename", path: join(folder, "a"), dest: join(folder, "b") });
    expect(told(error).message).toMatch(new RegExp(`${folder}/a cannot be renamed \\(to ${folder}/b\\)`));
  });

  test("of a path that begins where the command runs is told with the whole path", () => {
    expect(told(systemError("ENOENT", { path: "data/ghost.db" })).message).toContain(
      join(process.cwd(), "data/ghost.db"),
    );
  });

  test("other errors stay as they are", () => {
    const error = new Error("something else");
    expect(translateFileError(error)).toBe(error);
  });
});

describe("an error of SQLite", () => {
  const sqliteError = (errcode: number) => Object.assign(new Error("said SQLite"), { errcode });

  test.each([
    ["that it cannot open", 14, "CONNECTION_FAILED"],
    ["that reads or writes in vain", 10, "CONNECTION_FAILED"],
    ["that is read-only", 8, "CONNECTION_FAILED"],
    ["that is full", 13, "STORAGE_FULL"],
    ["that is damaged", 11, "CORRUPT"],
    ["that is none", 26, "CORRUPT"],
  ])("%s names the file", (_, errcode, code) => {
    const file = join(folder, "ghost.db");
    const error = translateSqliteError(sqliteError(errcode), file) as DatabaseError;
    expect(error.code).toBe(code);
    expect(error.message).toContain(file);
  });

  test("that is full has its own name, since the system says none", () => {
    const error = Object.assign(sqliteError(13), { code: "ERR_SQLITE_ERROR" });
    expect((translateSqliteError(error, join(folder, "ghost.db")) as DatabaseError).message).toMatch(
      /free \(SQLITE_FULL\)\.$/,
    );
  });
});

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [9_949, "9.9 kB"],
  [9_999, "10 kB"],
  [125_654_728, "126 MB"],
  [999_600, "1.0 MB"],
  [236_713_448_000, "237 GB"],
  [5_000_000_000_000_000, "5,000 TB"],
])("%d bytes read as %s", (bytes, shown) => {
  expect(formatBytes(bytes)).toBe(shown);
});
