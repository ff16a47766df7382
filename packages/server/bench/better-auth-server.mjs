// better-auth on node:sqlite behind node:http, as its documentation sets it up. Copied to where better-auth is installed, and
// run there: it is no dependency of NERVE, so its name is no import that a compiler would look for.
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";

const peer = "better-auth";
const { betterAuth } = await import(peer);
const { getMigrations } = await import(`${peer}/db/migration`);
const { toNodeHandler } = await import(`${peer}/node`);

const { file } = JSON.parse(process.argv[2] ?? "");
const database = new DatabaseSync(file);
database.exec("PRAGMA journal_mode = WAL");
const options = {
  database,
  secret: "a secret of the bench, at least 32 characters",
  baseURL: "http://127.0.0.1",
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
};
await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);
const account = { email: "http@example.org", password: "moon river dance seven", name: "Bench" };
const { headers } = await auth.api.signUpEmail({ body: account, asResponse: true });
const cookie = headers
  .getSetCookie()
  .map((/** @type {string} */ line) => line.split(";")[0])
  .join("; ");

const server = createServer(toNodeHandler(auth));
server.listen(0, "127.0.0.1", () => process.send?.({ port: Object(server.address()).port, cookie }));
process.on("disconnect", () => {
  server.closeAllConnections();
  server.close(() => database.close());
});
