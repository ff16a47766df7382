import { execFile } from "node:child_process";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { serverOwner } from "./postgres-server.ts";

const run = promisify(execFile);

/** An authority of the tests' own, in a folder of its own. */
export interface Authority extends AsyncDisposable {
  /** File of its certificate. */
  readonly certificate: string;
  /** Makes a file beside it, readable by the test servers' account. */
  writeFile(name: string, text: string): Promise<string>;
  /**
   * Signs a certificate.
   * @param name common name, which PostgreSQL takes for the user of a client.
   * @param alternativeNames hosts that it is for: `DNS:localhost,IP:127.0.0.1`.
   */
  sign(name: string, alternativeNames: string): Promise<{ readonly certificate: string; readonly key: string }>;
}

/**
 * Makes an authority.
 * @param openssl path of the program.
 */
export async function makeAuthority(openssl: string): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), "nerve-certificates-"));
  await chmod(folder, 0o755);
  const path = (name: string) => join(folder, name);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const request = (options: string[]) => run(openssl, ["req", "-x509", "-days", "2", ...newKey, ...options]);
  const [certificate, key] = [path("authority.pem"), path("authority.key")];
  await request(["-subj", "/CN=Test authority", "-keyout", key, "-out", certificate]);
  return {
    certificate,
    async writeFile(name, text) {
      await writeFile(path(name), text);
      return path(name);
    },
    async sign(name, alternativeNames) {
      const made = { certificate: path(`${name}.pem`), key: path(`${name}.key`) };
      const signer = ["-CA", certificate, "-CAkey", key, "-addext", "basicConstraints=critical,CA:FALSE"];
      const names = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${alternativeNames}`];
      await request([...signer, ...names, "-keyout", made.key, "-out", made.certificate]);
      const owner = await serverOwner();
      if (owner) await chown(made.key, owner.uid, owner.gid);
      await chmod(made.key, 0o600);
      return made;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
