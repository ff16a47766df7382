import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unpackFolder } from "../../../src/operations/backup/parts/folder-archive.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-archive-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  { name: "../escaped", type: "file" as const },
  { name: "a/../../escaped", type: "file" as const },
  { name: "/tmp/escaped", type: "file" as const },
  { name: "a\\..\\escaped", type: "file" as const },
  { name: "link", type: "symlink" as const, linkname: "/etc/passwd" },
  { name: "hard", type: "link" as const, linkname: "/etc/passwd" },
])("attack: an archive cannot write outside its folder by $name as $type", async (entry) => {
  const archive = pack();
  if (entry.type === "file") archive.entry(entry, "text");
  else archive.entry({ ...entry, size: 0 });
  archive.finalize();
  const unpacking = pipeline(Readable.from(archive), unpackFolder(join(folder, "inside")).stream);
  await expect(unpacking).rejects.toMatchObject({ code: "BACKUP_INVALID" });
  expect(await readdir(folder)).toEqual([]);
});
