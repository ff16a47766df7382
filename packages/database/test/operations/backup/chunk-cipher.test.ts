import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { DecryptStream, EncryptStream } from "../../../src/operations/backup/parts/chunk-cipher.ts";

const key = randomBytes(32);
const chunk = 64 * 1024;
const sealed = chunk + 16;
const header = 15;

/** Sends bytes through a stream, in pieces of an odd size. */
function through(bytes: Buffer, stream: EncryptStream | DecryptStream): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / 9973) }, (_, index) =>
    bytes.subarray(index * 9973, (index + 1) * 9973),
  );
  return buffer(Readable.from(pieces).pipe(stream));
}
const encrypt = (bytes: Buffer) => through(bytes, new EncryptStream(key));
const decrypt = (bytes: Buffer, by = key) => through(bytes, new DecryptStream(by));

test.each([0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 5])(
  "%i bytes come back as they were",
  async (size) => {
    const bytes = randomBytes(size);
    expect((await decrypt(await encrypt(bytes))).equals(bytes)).toBe(true);
  },
);

test("the same bytes never give the same text twice", async () => {
  const bytes = randomBytes(100);
  expect((await encrypt(bytes)).equals(await encrypt(bytes))).toBe(false);
});

test("attack: chunks dropped, doubled, swapped, cut or changed are noticed, and another key fails", async () => {
  const whole = await encrypt(randomBytes(3 * chunk + 100));
  const head = whole.subarray(0, header);
  const [one, two, three, last] = [0, 1, 2, 3].map((index) =>
    whole.subarray(header + index * sealed, header + (index + 1) * sealed),
  ) as [Buffer, Buffer, Buffer, Buffer];
  const forgeries = [
    [head, one, two, three],
    [head, one, two, last],
    [head, two, one, three, last],
    [head, one, one, two, three, last],
    [head, one, two, three, last.subarray(0, -1)],
    [head, one, two, three, last, last],
    [head],
    [Buffer.alloc(header), one, two, three, last],
  ];
  for (const forgery of forgeries) {
    await expect(decrypt(Buffer.concat(forgery))).rejects.toMatchObject({ code: "BACKUP_INVALID" });
  }
  const changed = Buffer.from(whole);
  changed[header + 5] = (changed[header + 5] ?? 0) ^ 1;
  await expect(decrypt(changed)).rejects.toMatchObject({ code: "BACKUP_INVALID" });
  await expect(decrypt(whole, randomBytes(32))).rejects.toMatchObject({ code: "BACKUP_INVALID" });
});
