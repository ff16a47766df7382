import { expect, test } from "vitest";
import { cweCategories } from "../src/classification/kind-of-cwes.ts";
import { inventoryTags, tagOrder } from "../src/classification/kind-of-tags.ts";
import { readerRules } from "../src/classification/reader-rules.ts";
import {
  type FindingKindDefinition,
  findingKindNamed,
  findingKinds,
  kindFamilies,
  kindsVersion,
} from "../src/index.ts";
import { faultsOf } from "./support/faults.ts";

const [tls, ...others] = findingKinds as readonly FindingKindDefinition[];
if (tls === undefined) throw new Error("There are no kinds.");

test("there are seventy kinds, of ten families that are each shown together", () => {
  expect(kindsVersion).toBe("1.0.0");
  expect(findingKinds).toHaveLength(70);
  const families = findingKinds.map(({ family }) => family);
  expect(families.filter((family, index) => family !== families[index - 1])).toEqual(kindFamilies.map(({ id }) => id));
  const byFamily = Map.groupBy(families, (family) => family);
  expect(Object.fromEntries(Array.from(byFamily, ([id, all]) => [id, all.length]))).toEqual({
    transport: 7,
    web: 7,
    exposure: 10,
    network: 8,
    software: 5,
    identity: 6,
    code: 15,
    configuration: 6,
    intelligence: 5,
    other: 1,
  });
});

test("there is nothing wrong with them", () => {
  expect(faultsOf(findingKinds)).toEqual([]);
});

test.each<[fault: string, wrong: object]>([
  ["TLS_weak has an id that is none", { id: "TLS_weak" }],
  ["tls-weak-protocol has a title that is none", { title: "Old TLS." }],
  ["tls-weak-protocol says in no sentence what it means", { means: "old TLS" }],
  ["tls-weak-protocol has the family cloud", { family: "cloud" }],
  ["tls-weak-protocol has the severity severe", { typicalSeverity: "severe" }],
  ["tls-weak-protocol has the task UPDATE_SSL", { task: "UPDATE_SSL" }],
  ["tls-weak-protocol is replaced by none", { replacedBy: "tls-old" }],
  ["tls-weak-protocol is replaced by none", { replacedBy: "tls-weak-protocol" }],
  ["tls-weak-protocol is passed by testssl HSTS, no rule of it", { passedBy: { testssl: ["HSTS"] } }],
  ["tls-weak-protocol has tags without a rank: exposure,db", { tags: { nuclei: [["exposure", "db"]] } }],
  ["tls-weak-protocol decides 7 alone", { cweDecides: [7] }],
  ["tls-weak-protocol decides by a category, 310", { cwes: [310], cweDecides: [310] }],
  ["the id hsts-missing stands twice", { id: "hsts-missing" }],
  ["the rule zap 10035 stands twice", { rules: { ...tls.rules, zap: ["10035"] } }],
  ["the tags nuclei config,exposure stands twice", { tags: { nuclei: [["config", "exposure"]] } }],
  ["the port 22 stands twice", { ports: [22] }],
  ["CWE-89 stands twice", { cwes: [89], cweDecides: [89] }],
])("a fault is found: %s", (fault, wrong) => {
  expect(faultsOf([{ ...tls, ...wrong }, ...others])).toContain(fault);
});

test("a kind that was given up leads to one that is there", () => {
  expect(faultsOf([{ ...tls, replacedBy: "tls-weak-cipher" }, ...others])).toEqual([]);
});

test("every tag in the order is one that some kind goes by, once", () => {
  const used = new Set(findingKinds.flatMap(({ tags }) => Object.values(tags).flat(2)));
  expect(tagOrder.filter((tag, index) => !used.has(tag) || tagOrder.indexOf(tag) !== index)).toEqual([]);
  expect([...inventoryTags].flatMap(([, tags]) => tags.filter((tag) => used.has(tag)))).toEqual([]);
});

test("categories of CWEs and rules that NERVE names itself lead to kinds that are there", () => {
  const named = [...cweCategories.values(), ...Object.values(readerRules).flatMap((rules) => Object.values(rules))];
  expect(named.filter((id) => findingKindNamed(id)?.id !== id)).toEqual([]);
});

test("a kind is found by its id, whatever that is", () => {
  expect(findingKindNamed("sql-injection")).toMatchObject({ family: "code", cweDecides: [89, 564] });
  for (const id of ["", "SQL-injection", "__proto__", "constructor", "toString"])
    expect(findingKindNamed(id)).toBeUndefined();
});

test("a kind has everything that is written down of it", () => {
  expect(findingKindNamed("tls-weak-cipher")).toEqual({
    id: "tls-weak-cipher",
    family: "transport",
    title: "Weak cipher, hash or key exchange in TLS",
    means: "A TLS service accepts ciphers, key exchanges or parameters that no longer protect what is sent.",
    typicalSeverity: "medium",
    cwes: [326, 327, 328],
    cweDecides: [],
    rules: {
      testssl: expect.arrayContaining(["cipherlist_NULL", "RC4", "DH_groups"]),
      nuclei: ["weak-cipher-suites"],
      nessus: ["26928", "42873", "65821", "83875"],
    },
    tags: {},
    ports: [],
    signs: [],
    passedBy: { testssl: expect.arrayContaining(["cipherlist_NULL", "FS"]) },
    passedWhen: [],
    task: "TASK_UPDATE_SSL",
  });
});
