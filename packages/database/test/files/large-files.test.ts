import { link, mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeFolder } from "../../src/files/remove-folder.ts";
import { whileFlushed } from "../../src/files/while-flushed.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-large-files-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("Work on a large file", () => {
  test("gives back what it returns, though the file comes late or never", async () => {
    const path = join(folder, "late");
    expect(await whileFlushed(path, async () => (await writeFile(path, "content"), 7))).toBe(7);
    expect(await whileFlushed(join(folder, "never"), async () => 8)).toBe(8);
  });

  test("fails with its own error, and with what the disk says of the file", async () => {
    const failing = whileFlushed(join(folder, "failing"), async () => {
      throw new RangeError("its own");
    });
    await expect(failing).rejects.toThrow(RangeError);
    // A folder cannot be opened for writing, nor flushed so.
    await expect(whileFlushed(folder, async () => 9)).rejects.toMatchObject({ code: "EISDIR" });
  });
});

describe("A folder", () => {
  test("is deleted with large files and folders in it", async () => {
    const doomed = join(folder, "doomed");
    await mkdir(join(doomed, "deep"), { recursive: true });
    const file = await open(join(doomed, "deep", "large"), "w");
    await file.truncate(100 * 1024 * 1024);
    await file.close();
    await removeFolder(doomed);
    expect(await readdir(folder)).not.toContain("doomed");
  });

  test("that is not there is as good as deleted", async () => {
    await expect(removeFolder(join(folder, "nowhere"))).resolves.toBeUndefined();
  });

  test("takes nothing from a file that has another name elsewhere", async () => {
    const [kept, doomed] = [join(folder, "kept"), join(folder, "linked")];
    const content = Buffer.alloc(40 * 1024 * 1024, 7);
    await writeFile(kept, content);
    await mkdir(doomed);
    await link(kept, join(doomed, "second-name"));
    await removeFolder(doomed);
    expect((await stat(kept)).size).toBe(content.length);
    expect((await readFile(kept)).equals(content)).toBe(true);
  });
});
