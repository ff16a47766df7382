import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, isAbsolute, join, posix, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type * as tar from "tar-stream";
import type { Header, Pack } from "tar-stream";
import { BackupError } from "../../../errors/index.ts";
import { makePrivateFolder } from "../../../files/durable.ts";
import { hasCode } from "../../../files/errors.ts";
import { whenNeeded } from "../../../loading/when-needed.ts";

const tarStream = whenNeeded((load) => load("tar-stream") as typeof tar);

async function addFile(archive: Pack, folder: string, name: string): Promise<boolean> {
  const file = await open(join(folder, name)).catch((error: unknown) => {
    // Deleted since the folder was listed: its time was up.
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
  if (file === null) return false;
  try {
    const { size, mtime } = await file.stat();
    const entry = archive.entry({ name: name.split(sep).join(posix.sep), size, mtime, mode: 0o600 });
    // What is appended from now on belongs to the next backup.
    if (size > 0)
      await pipeline(
        createReadStream("", { fd: file, end: size - 1, autoClose: false }),
        entry as unknown as NodeJS.WritableStream,
      );
    else entry.end(undefined);
    return true;
  } finally {
    await file.close();
  }
}

/** Packs files of a folder into a tar archive; those that vanish meanwhile are left out. */
export function packFolder(folder: string, names: readonly string[]) {
  const archive = tarStream().pack();
  let count = 0;
  const fill = async () => {
    for (const name of names) if (await addFile(archive, folder, name)) count += 1;
    archive.finalize();
  };
  fill().catch((error: unknown) => archive.destroy(error as Error));
  return { stream: Readable.from(archive, { objectMode: false }), count: () => count };
}

/** The place of an entry; nothing but a file below the folder is one. */
function placeOf(folder: string, { name, type }: Header): string {
  const parts = name.split("/");
  const isPlain = type === "file" && !isAbsolute(name) && !name.includes("\\") && !name.includes("\0");
  if (!isPlain || parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new BackupError("BACKUP_INVALID", {
      message: "The archive of uploaded files holds what is no file of that folder.",
    });
  }
  return join(folder, ...parts);
}

/** Unpacks a tar archive of `packFolder` into a folder. */
export function unpackFolder(folder: string) {
  const archive = tarStream().extract();
  const names: string[] = [];
  archive.on("entry", (header, stream, next) => {
    // The archive reports its end to whoever reads it; its entry ends with it.
    stream.on("error", () => undefined);
    const write = async () => {
      const place = placeOf(folder, header);
      await makePrivateFolder(dirname(place));
      await pipeline(Readable.from(stream), createWriteStream(place, { flags: "wx", mode: 0o600 }));
      names.push(header.name);
    };
    // oxlint-disable-next-line promise/no-callback-in-promise -- tar-stream waits for this callback, not for a promise
    write().then(() => next(), next);
  });
  return { stream: archive as unknown as NodeJS.WritableStream, names: () => names };
}
