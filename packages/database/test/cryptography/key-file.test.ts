import { execFile } from "node:child_process";
import {
  chmod,
  chown,
  lchown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadOrCreateKeyFile } from "../../src/cryptography/key-file.ts";
import { createKeyRing } from "../../src/cryptography/key-ring.ts";

const run = promisify(execFile);
const place = { table: "users", column: "2fa_secret" };
const encodedKey = (byte: number) => Buffer.alloc(32, byte).toString("base64url");

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-keys-"));
  path = join(folder, "keys");
});

afterEach(() => rm(folder, { recursive: true }));

const write = (text: string) => writeFile(path, text, { mode: 0o600 });

describe("a key file", () => {
  test("is made once, for its owner only, and read ever after", async () => {
    path = join(folder, "new", "deeper", "keys");
    const made = await loadOrCreateKeyFile(path);
    const text = await readFile(path, "utf8");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "new"))).mode & 0o777).toBe(0o700);
    expect(made.current.key).toHaveLength(32);
    expect(await loadOrCreateKeyFile(path)).toEqual(made);
    expect(await readFile(path, "utf8")).toBe(text);
    expect(await readdir(join(folder, "new", "deeper"))).toEqual(["keys"]);
  });

  test("gives another installation another key", async () => {
    const [one, other] = await Promise.all([loadOrCreateKeyFile(path), loadOrCreateKeyFile(join(folder, "other"))]);
    expect(one.current.key).not.toEqual(other.current.key);
    expect(one.current.id).not.toBe(other.current.id);
  });

  test("holds several keys, of which the first is the current one", async () => {
    await write(`k1:${encodedKey(1)}\n`);
    const old = createKeyRing(await loadOrCreateKeyFile(path)).encrypt("secret", place);
    await write(`# rotated\n\nk2:${encodedKey(2)}\r\n  k1:${encodedKey(1)}  \n`);
    const keys = await loadOrCreateKeyFile(path);
    expect(keys.current.id).toBe("k2");
    expect(keys.previous?.map(({ id }) => id)).toEqual(["k1"]);
    expect(createKeyRing(keys).decrypt(old, place)).toBe("secret");
  });

  test("is one and the same for all who start at once in one process", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateKeyFile(path)));
    for (const keys of all) expect(keys).toEqual(all[0]);
    expect(await readdir(folder)).toEqual(["keys"]);
  });

  test("is one and the same for processes that start at once", async () => {
    const source = new URL("../../src/cryptography/key-file.ts", import.meta.url).href;
    const script = `
      const { loadOrCreateKeyFile } = await import(${JSON.stringify(source)});
      const { current } = await loadOrCreateKeyFile(${JSON.stringify(path)});
      console.log(current.id + ":" + Buffer.from(current.key).toString("base64url"));`;
    const runs = Array.from({ length: 4 }, () =>
      run(process.execPath, ["--conditions=@nerve/source", "--input-type=module", "--eval", script]),
    );
    const printed = (await Promise.all(runs)).map(({ stdout }) => stdout.trim());
    expect(new Set(printed).size).toBe(1);
    expect(await readFile(path, "utf8")).toContain(printed[0]);
  });
});

describe("a key file that cannot be trusted", () => {
  test.each([0o604, 0o620, 0o602, 0o644, 0o660, 0o666])("is refused with mode %o", async (mode) => {
    await write(`k1:${encodedKey(1)}\n`);
    await chmod(path, mode);
    await expect(loadOrCreateKeyFile(path)).rejects.toMatchObject({ code: "KEY_FILE_UNUSABLE" });
  });

  test.each([
    ["empty", ""],
    ["only comments", "# k1\n"],
    ["a key too short", `k1:${encodedKey(1).slice(1)}\n`],
    ["a key too long", `k1:${encodedKey(1)}A\n`],
    ["no id", `${encodedKey(1)}\n`],
    ["a malformed id", `K 1:${encodedKey(1)}\n`],
    ["one id twice", `k1:${encodedKey(1)}\nk1:${encodedKey(2)}\n`],
    ["a good line and a broken one", `k1:${encodedKey(1)}\nk2:\n`],
    ["far too long", `k1:${encodedKey(1)}\n${"#".repeat(70_000)}\n`],
  ])("is refused and left alone when it is %s", async (_fault, text) => {
    await write(text);
    await expect(loadOrCreateKeyFile(path)).rejects.toMatchObject({ code: "KEY_FILE_UNUSABLE" });
    expect(await readFile(path, "utf8")).toBe(text);
  });

  test("is refused when it is a folder, or lies where no folder can be", async () => {
    await write("in the way");
    for (const impossible of [folder, join(path, "keys")]) {
      await expect(loadOrCreateKeyFile(impossible)).rejects.toMatchObject({ code: "KEY_FILE_UNUSABLE" });
    }
  });

  test("is refused by its path and its kind when it is a named pipe or a device", async () => {
    await run("mkfifo", [path]);
    const pipe = loadOrCreateKeyFile(path);
    await expect(pipe).rejects.toMatchObject({ code: "KEY_FILE_UNUSABLE", message: expect.stringContaining(path) });
    await expect(pipe).rejects.toMatchObject({ message: expect.stringContaining("named pipe") });
    await expect(loadOrCreateKeyFile("/dev/null")).rejects.toMatchObject({
      message: expect.stringContaining("a device"),
    });
  });

  test("is refused in a folder that everybody may write, unless only owners may rename there", async () => {
    const shared = join(folder, "shared");
    await mkdir(shared);
    path = join(shared, "keys");
    await write(`k1:${encodedKey(1)}\n`);
    await chmod(shared, 0o777);
    await expect(loadOrCreateKeyFile(path)).rejects.toMatchObject({ message: expect.stringContaining("everybody") });
    await symlink(path, join(folder, "link"));
    await expect(loadOrCreateKeyFile(join(folder, "link"))).rejects.toMatchObject({ code: "KEY_FILE_UNUSABLE" });
    await chmod(shared, 0o1777);
    expect((await loadOrCreateKeyFile(path)).current.id).toBe("k1");
  });

  test("gives away no key in the error", async () => {
    await write(`k1:${encodedKey(7)}\nbroken:${encodedKey(7)}x\n`);
    const error: unknown = await loadOrCreateKeyFile(path).catch((caught: unknown) => caught);
    expect(JSON.stringify(error) + String(error)).not.toContain(encodedKey(7));
  });
});

const stranger = 65_534;

describe.runIf(process.getuid?.() === 0)("A key file, with root to try it", () => {
  test("of another account is refused, also behind a link, or by a link of another account", async () => {
    await write(`k1:${encodedKey(1)}\n`);
    const link = join(folder, "link");
    await symlink(path, link);
    expect((await loadOrCreateKeyFile(link)).current.id).toBe("k1");
    await lchown(link, stranger, stranger);
    await expect(loadOrCreateKeyFile(link)).rejects.toMatchObject({
      message: expect.stringContaining("another account"),
    });
    await chown(path, stranger, stranger);
    await expect(loadOrCreateKeyFile(path)).rejects.toMatchObject({
      message: expect.stringContaining("another account"),
    });
  });

  test("of the service whose folder it lies in is taken by root, who looks after it", async () => {
    await write(`k1:${encodedKey(1)}\n`);
    await chown(path, stranger, stranger);
    await chown(folder, stranger, stranger);
    expect((await loadOrCreateKeyFile(path)).current.id).toBe("k1");
  });

  test("that is root's and mounted for a group is taken by a service of that group, through its links", async () => {
    const mount = join(folder, "mount");
    await mkdir(join(mount, "..data"), { recursive: true });
    await writeFile(join(mount, "..data", "keys"), `k1:${encodedKey(1)}\n`);
    await chown(join(mount, "..data", "keys"), 0, stranger);
    await chmod(join(mount, "..data", "keys"), 0o440);
    await symlink("..data/keys", join(mount, "keys"));
    await chmod(mount, 0o3777);
    await chmod(folder, 0o755);
    const source = new URL("../../src/cryptography/key-file.ts", import.meta.url).href;
    const script = `
      process.setgroups([${stranger}]); process.setgid(${stranger}); process.setuid(${stranger});
      console.log((await loadOrCreateKeyFile(${JSON.stringify(join(mount, "keys"))})).current.id);`;
    const program = `const { loadOrCreateKeyFile } = await import(${JSON.stringify(source)});${script}`;
    const args = ["--conditions=@nerve/source", "--input-type=module", "--eval", program];
    expect((await run(process.execPath, args)).stdout.trim()).toBe("k1");
  });
});
