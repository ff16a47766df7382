// A process of its own that migrates the database at the URL it is given, and prints the versions it applied as JSON.
import { openDatabase } from "../../../src/opening/open-database.ts";
import { migrate } from "../../../src/migrations/migrator.ts";

const [url] = process.argv.slice(2);
const db = await openDatabase(url, { migrations: "ignore" });
console.log(JSON.stringify(await migrate(db)));
await db.close();
