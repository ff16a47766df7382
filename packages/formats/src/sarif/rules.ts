import { asText, type JsonObject, objectOf, objectsOf, textOf, textsOf } from "../json/values.ts";
import type { Rule, RuleKind } from "../records/records.ts";
import { isAboutSecrets } from "../secrets/about-secrets.ts";
import { cvesIn, cwesIn } from "../severity/ids.ts";

/** Makes a rule of a reporting descriptor and the name of its tool. */
export function ruleOf(key: string, descriptor: JsonObject, tool: string): Rule {
  const properties = objectOf(descriptor, "properties");
  const tags = textsOf(properties, "tags");
  const short = textOf(objectOf(descriptor, "shortDescription"), "text", "markdown");
  const full = textOf(objectOf(descriptor, "fullDescription"), "text", "markdown");
  const help = objectOf(descriptor, "help");
  const uri = textOf(descriptor, "helpUri");
  const cwes = cwesIn([...tags, ...textsOf(properties, "cwe"), ...taxaOf(descriptor)].join(" "));
  const name = textOf(descriptor, "name");
  return {
    key,
    kind: kindOf(key, [...tags, tool], cwes),
    title: [short, firstSentence(full), name, key].find((text) => text !== "") ?? key,
    description: full === "" ? short : full,
    remediation: textOf(help, "text", "markdown"),
    references: uri === "" ? [] : [uri],
    cwes,
    tags,
  };
}

/** The ids of weaknesses that a rule or result is related to; the list may say that they are of CWE and give numbers. */
export function taxaOf(object: JsonObject): string[] {
  const targets = objectsOf(object, "relationships").map((one) => objectOf(one, "target"));
  return [...targets, ...objectsOf(object, "taxa")].map((target) => {
    const id = textOf(target, "id");
    const isOfCwe = textOf(objectOf(target, "toolComponent"), "name").toUpperCase() === "CWE";
    return isOfCwe && /^\d+$/.test(id) ? `CWE-${id}` : id;
  });
}

function kindOf(key: string, said: readonly string[], cwes: readonly string[]): RuleKind {
  if (cvesIn(key).length > 0 || /GHSA-/i.test(key)) return "vulnerability";
  if (isAboutSecrets(cwes, said)) return "secret";
  return said.some((one) => one.toLowerCase() === "misconfiguration") ? "misconfiguration" : "weakness";
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}

/** A message: its text, or the one that its id names, with arguments; links stay as their words. */
export function messageOf(message: JsonObject, descriptor: JsonObject | undefined, global: JsonObject): string {
  const id = textOf(message, "id");
  const named = objectOf(objectOf(descriptor ?? {}, "messageStrings"), id);
  const template = [message, named, objectOf(global, id)]
    .map((one) => textOf(one, "text", "markdown"))
    .find((text) => text !== "");
  if (template === undefined) return "";
  const list = message["arguments"];
  const values = Array.isArray(list) ? (list as unknown[]).map((one) => asText(one)) : [];
  // Most messages have neither arguments nor links.
  if (!template.includes("{") && !template.includes("[")) return template;
  return template
    .replaceAll(/\{(\d+)\}/g, (whole, index: string) => values[Number(index)] ?? whole)
    .replaceAll(/\[((?:[^\]\\]|\\.)*)\]\(\d+\)/g, "$1");
}
