// NERVE as it is run, but for its limit of requests: all of the bench's come from one address.
import { openDatabase } from "@nerve/database";
import { benchOptions } from "../../database/bench/places.ts";
import { createLogger, createServer, parseSettings } from "../src/index.ts";
import { endWithParent, type ServedPlace } from "./served-place.ts";

const { url, maxConnections } = JSON.parse(process.argv[2] ?? "") as ServedPlace;
const db = await openDatabase(url, { ...benchOptions, maxConnections });
const settings = parseSettings({ NERVE_DATABASE_URL: url, NERVE_REQUESTS_PER_MINUTE: "1000000" });
const server = await createServer({ db, settings, log: createLogger(settings.logLevel), setUpLink: null });
const address = await server.listen({ host: "127.0.0.1", port: 0, listenTextResolver: () => "listening" });
endWithParent(async () => {
  await server.close();
  await db.close();
});
process.send?.({ port: Number(new URL(address).port) });
