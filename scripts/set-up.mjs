import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";
import { nodeMajor, runQuietly, runToEnd } from "./processes.mjs";

/** The repository's folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const bin = join(root, "node_modules", ".bin");
const oldestNode = 24;

/**
 * Installs what package-lock.json asks for, unless it is there, then does the work that must not meet another install.
 *
 * @template T
 * @param {(node: string) => Promise<T>} work is given the path of a Node that can run NERVE
 * @returns {Promise<T>} what the work returns
 */
export async function afterSetUp(work) {
  requireWritable();
  return withLock(join(root, ".cache", "set-up.lock"), async () => {
    await install();
    return work(findNode());
  });
}

/** Installing and building write to this folder; whoever may not can run what is built. */
function requireWritable() {
  const cache = join(root, ".cache");
  try {
    accessSync(existsSync(cache) ? cache : root, constants.W_OK);
  } catch (error) {
    giveUp(adviceForReaders(error));
  }
}

/** @param {unknown} error */
function adviceForReaders(error) {
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  const fault = `This account may not write ${root}${code}, where packages are installed and built.`;
  if (!existsSync(join(root, "packages", "cli", "dist", "main.js"))) {
    return `${fault}\nNothing is built there yet: run \`npm start\` once as the account that owns the folder.`;
  }
  const remedy = "NERVE_DATABASE_URL=sqlite:$HOME/nerve/ghost.db npx nerve serve";
  return `${fault}\nIt is built already. Start it there without npm, with a database that this account may write:\n  ${remedy}`;
}

async function install() {
  const stamp = join(root, "node_modules", ".nerve-set-up");
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log("Installing the packages of package-lock.json …");
  const npm = process.env["npm_execpath"];
  const [program, ...first] = npm === undefined ? ["npm"] : [process.execPath, npm];
  // Warnings are left out: on an older Node, each package says so in several lines.
  const options = [...first, "ci", "--include=dev", "--include=optional", "--loglevel=error"];
  const { code, output } = await runQuietly(program, options, { cwd: root });
  if (code !== 0) giveUp(`${output}\nThe packages could not be installed: npm ended with code ${code}.`);
  writeFileSync(stamp, wanted);
}

/** The Node that came with the packages, else the one that runs this. */
function findNode() {
  const node = [join(bin, "node"), process.execPath].find((program) => nodeMajor(program) >= oldestNode);
  if (node !== undefined) return node;
  const here = `${process.version} on ${process.platform} ${process.arch}`;
  return giveUp(`NERVE needs Node ${oldestNode} or newer: this is ${here}. Install it from https://nodejs.org.`);
}

/**
 * Runs one of package.json's scripts as npm would, without npm's own words around it.
 *
 * @param {string} name
 * @param {readonly string[]} [options] further arguments for it
 * @returns {Promise<number>} its exit code
 */
export function runScript(name, options = []) {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const quoted = options.map((option) => ` '${option.replaceAll("'", String.raw`'\''`)}'`).join("");
  const path = `${bin}${delimiter}${process.env["PATH"]}`;
  return runToEnd(`exec ${scripts[name]}${quoted}`, [], {
    cwd: root,
    shell: true,
    env: { ...process.env, PATH: path },
  });
}

/**
 * @param {string} reason
 * @returns {never}
 */
function giveUp(reason) {
  console.error(reason);
  process.exit(1);
}
