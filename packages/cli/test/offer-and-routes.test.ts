import { type AnyOperation, openDatabase, type Database, type Page } from "@nerve/database";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makers, type World } from "../../database/test/operation/makers.ts";
import { allOperations, fieldsOf } from "../../database/test/operation/operations.ts";
import { fetchFirst } from "../../database/src/database/statement.ts";
import { createTestCompany, createTestUser } from "../../database/test/support/people/accounts.ts";
import { engineNames, migratedPlace, type TestPlace } from "../../database/test/support/engines.ts";
import type * as routes from "../../server/src/routes/serve.ts";
import { signedIn } from "../../server/test/support/people.ts";
import { serveTest, type TestServer } from "../../server/test/support/test-server.ts";
import { commandGroups } from "../src/commands/index.ts";
import type * as offers from "../src/offer.ts";
import { nerveOn } from "./support/nerve.ts";

/** What a command was made with. */
interface Offered {
  readonly path: string;
  readonly words: readonly string[];
  readonly given: Readonly<Record<string, offers.Given>>;
  readonly name?: string;
  readonly show: (value: unknown) => unknown;
}

/** What a route was made with. */
interface Served {
  readonly method: string;
  readonly url: string;
  readonly binding: routes.Binding<unknown>;
}

// Operations have nothing but their summaries in common where one offers its fields in another form.
const made = vi.hoisted(() => ({ offered: new Map<string, Offered>(), served: new Map<string, Served>() }));

vi.mock("../src/offer.ts", async (original) => {
  const real = await original<typeof offers>();
  const offer = (...all: Parameters<typeof real.offer>) => {
    const [parent, , usage, { description }, wanted] = all;
    const [own = "", ...words] = usage.split(" ");
    const { given = {}, show = (value: unknown) => value, name } = wanted as Partial<Offered>;
    const path = parent.parent === null ? own : `${parent.name()} ${own}`;
    made.offered.set(description.summary, { path, words, given, show, ...(name !== undefined && { name }) });
    return real.offer(...all);
  };
  return { ...real, offer };
});

vi.mock("../../server/src/routes/serve.ts", async (original) => {
  const real = await original<typeof routes>();
  const serve = (...all: Parameters<typeof real.serve>) => {
    const [, , route, { description }, binding = {}] = all;
    const [method = "", url = ""] = route.split(" ");
    made.served.set(description.summary, { method, url, binding });
    return real.serve(...all);
  };
  return { ...real, serve };
});

const program = new Command("nerve");
for (const register of commandGroups) register(program, { context: {} as never, deliver: () => undefined });

const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What both have: an operation, its command and its route. */
interface Both {
  readonly name: string;
  readonly operation: AnyOperation;
  readonly offered: Offered;
  readonly served: Served;
}

/** The kinds of values that a document is made of: those that two records of a kind have in common. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map((one) => shapeOf(one));
  if (value === null || typeof value !== "object") return "value";
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

describe.each(engineNames)("A command and a route of one operation on %s", (engine) => {
  let place: TestPlace;
  let db: Database;
  let server: TestServer;
  let token = "";
  let world: World;
  let both: readonly Both[];

  beforeAll(async () => {
    place = await migratedPlace(engine);
    db = await openDatabase(place.url);
    server = await serveTest(db);
    token = (await signedIn(db, "super_admin")).token;
    const company = await createTestCompany(db, { max_seats: 1000 });
    const owner = await createTestUser(db, { company_id: company.id });
    world = { companyId: company.id, ownerId: owner.id };
    both = allOperations.flatMap(({ name, operation }) => {
      const { summary } = operation.description;
      const [offered, served] = [made.offered.get(summary), made.served.get(summary)];
      return offered === undefined || served === undefined ? [] : [{ name, operation, offered, served }];
    });
  });
  afterAll(async () => {
    await server.close();
    await db.close();
    await place.remove();
  });

  async function inputOf({ name, operation }: Both): Promise<Record<string, unknown>> {
    const input = (await makers[name]?.(db, world)) ?? {};
    return "companyId" in fieldsOf(operation) ? { companyId: world.companyId, ...input } : { ...input };
  }

  async function byRoute({ served: { method, url } }: Both, input: Record<string, unknown>): Promise<unknown> {
    const rest = { ...input };
    const path = url.replaceAll(/:(\w+)/g, (_, name: string) => {
      const value = String(rest[name]);
      delete rest[name];
      return encodeURIComponent(value);
    });
    const isRead = method === "GET" || method === "DELETE";
    const query = isRead ? `?${new URLSearchParams(rest as Record<string, string>).toString()}` : "";
    const answer = await server.call(`${method} ${path}${query}`, { token, ...(isRead ? {} : { body: rest }) });
    expect({ url, body: answer.status < 300 ? null : (answer.body as unknown) }).toEqual({ url, body: null });
    return answer.body;
  }

  /** How a value is written on the command line; what a command finds by an address, by that. */
  async function written(value: unknown, { as = "", find }: offers.Given): Promise<string> {
    if (value instanceof Date) return value.toISOString();
    if (typeof value === "string") return value;
    if (find === undefined) return JSON.stringify(value);
    if (value === null) return "nobody";
    const id = value as number;
    const companies = db.sql.selectFrom("companies").select("primary_domain").where("id", "=", id);
    if (/domain|company/.test(as)) return (await fetchFirst(db, companies))?.primaryDomain ?? "";
    return (await fetchFirst(db, db.sql.selectFrom("users").select("email").where("id", "=", id)))?.email ?? "";
  }

  async function wordsFor(
    { offered: { path, words, given } }: Both,
    input: Record<string, unknown>,
  ): Promise<string[]> {
    const texts: string[] = [];
    const options: string[] = [];
    for (const [field, value] of Object.entries(input)) {
      const how = given[field] ?? {};
      const option = how.as?.split(" ")[0] ?? `--${kebab(field)}`;
      const at = words.indexOf(how.as ?? `<${field}>`);
      if (at !== -1) texts[at] = await written(value, how);
      else if (typeof value === "boolean") options.push(value ? option : option.replace("--", "--no-"));
      else for (const one of Array.isArray(value) ? value : [value]) options.push(option, await written(one, how));
    }
    return [...path.split(" "), ...texts, ...options, "--json"];
  }

  async function byCommand(one: Both, input: Record<string, unknown>): Promise<unknown> {
    const words = await wordsFor(one, input);
    const { code, stdout, stderr } = await nerveOn(place.url, words);
    expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: "" });
    return JSON.parse(stdout);
  }

  /** What the command prints of what the route answers. */
  function printed({ offered: { name, show } }: Both, answer: unknown): unknown {
    if (name === undefined) return show(answer);
    const { items, nextCursor } = answer as Page<unknown>;
    return { [name]: items.map(show), nextCursor };
  }

  /** What is wrong with each, by its name. */
  async function faultsOf(
    some: readonly Both[],
    check: (one: Both) => Promise<void>,
  ): Promise<Record<string, unknown>> {
    const faults: Record<string, unknown> = {};
    for (const one of some) await check(one).catch((fault: unknown) => (faults[one.name] = fault));
    return faults;
  }

  const isReading = ({ operation }: Both) => operation.description.kind !== "changing";

  test("there are many that have both", () => {
    expect(both.filter(isReading).length).toBeGreaterThanOrEqual(8);
    expect(both.filter((one) => !isReading(one)).length).toBeGreaterThanOrEqual(15);
  });

  test("tell the same of what there is", async () => {
    const faults = await faultsOf(both.filter(isReading), async (one) => {
      const input = await inputOf(one);
      const answer = await byRoute(one, input);
      expect(await byCommand(one, input)).toEqual(printed(one, answer));
    });
    expect(faults).toEqual({});
  });

  test("tell the same kind of document of what they change", async () => {
    // What the route shows in another form, or not at all, is nobody else's.
    const told = both.filter(
      (one) => !isReading(one) && one.served.binding.status !== 204 && one.served.binding.shows === undefined,
    );
    const faults = await faultsOf(told, async (one) => {
      const answer = await byRoute(one, await inputOf(one));
      const shape = shapeOf(await byCommand(one, await inputOf(one)));
      expect(shape).toEqual(shapeOf(printed(one, answer)));
    });
    expect(faults).toEqual({});
  });
});
