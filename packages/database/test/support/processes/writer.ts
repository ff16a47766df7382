// A process of its own that writes without pause, and says so after its first row.
import { writeSync } from "node:fs";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { createTestCompany } from "../people/accounts.ts";

const { url } = JSON.parse(process.argv[2] ?? "{}") as { url: string };
const db = await openDatabase(url, { synchronous: "normal" });
await createTestCompany(db);
writeSync(1, "writing");
for (;;) await createTestCompany(db);
