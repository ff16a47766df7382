import { firstText, type JsonObject } from "../json/values.ts";
import type { XmlElement } from "../xml/element.ts";

/** The name of an element without its prefix, which everybody chooses for himself. */
export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => localName(child.name) === name);
}

function childrenOf(element: XmlElement | undefined, ...path: string[]): XmlElement[] {
  const last = path.at(-1);
  let parent = element;
  for (const name of path.slice(0, -1)) parent = childOf(parent, name);
  return parent?.children.filter((child) => localName(child.name) === last) ?? [];
}

function textIn(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text.trim() ?? "";
}

/** The texts of some children, under their own names. */
function textsIn(element: XmlElement | undefined, ...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, textIn(element, name)]));
}

/** A component as JSON writes it. */
export function componentFromXml(element: XmlElement): JsonObject {
  return {
    type: element.get("type"),
    "bom-ref": element.get("bom-ref"),
    ...textsIn(element, "group", "name", "version", "purl"),
    components: childrenOf(element, "components", "component").map((one) => componentFromXml(one)),
  };
}

/** Vulnerabilities that stand within a component and those within it, as the extension of version 1.2 had them. */
export function* nestedVulnerabilities(component: XmlElement): Generator<JsonObject> {
  for (const one of childrenOf(component, "vulnerabilities", "vulnerability"))
    yield vulnerabilityFromXml(one, firstText(component.get("bom-ref"), textIn(component, "purl")));
  for (const one of childrenOf(component, "components", "component")) yield* nestedVulnerabilities(one);
}

/** A vulnerability as JSON writes it, of the extension or of version 1.4; `owner` is the component that it stands in. */
export function vulnerabilityFromXml(element: XmlElement, owner = ""): JsonObject {
  const ref = firstText(element.get("ref"), owner);
  const analysis = childOf(element, "analysis");
  const recommendations = childrenOf(element, "recommendations", "recommendation").map((one) => one.text.trim());
  return {
    ...textsIn(element, "id", "description", "detail"),
    recommendation: firstText(textIn(element, "recommendation"), recommendations.join("\n")),
    source: sourceFromXml(childOf(element, "source")),
    references: childrenOf(element, "references", "reference").map((one) => ({
      id: textIn(one, "id"),
      source: sourceFromXml(childOf(one, "source")),
    })),
    ratings: childrenOf(element, "ratings", "rating").map((one) => ratingFromXml(one)),
    cwes: childrenOf(element, "cwes", "cwe").map((one) => one.text.trim()),
    advisories: childrenOf(element, "advisories", "advisory").map((one) => ({
      url: firstText(textIn(one, "url"), one.text.trim()),
    })),
    ...(analysis === undefined ? {} : { analysis: textsIn(analysis, "state", "justification", "detail") }),
    affects:
      ref === ""
        ? childrenOf(element, "affects", "target").map((one) => ({
            ref: textIn(one, "ref"),
            versions: childrenOf(one, "versions", "version").map((version) => textsIn(version, "version", "status")),
          }))
        : [{ ref }],
    properties: childrenOf(element, "properties", "property").map((one) => ({
      name: one.get("name"),
      value: one.text.trim(),
    })),
  };
}

function sourceFromXml(source: XmlElement | undefined): JsonObject {
  return { name: firstText(textIn(source, "name"), source?.get("name") ?? ""), url: textIn(source, "url") };
}

function ratingFromXml(rating: XmlElement): JsonObject {
  const score = childOf(rating, "score");
  return {
    ...textsIn(rating, "severity", "method", "vector"),
    // The extension has a base score among others.
    score: firstText(textIn(score, "base"), score?.text.trim() ?? ""),
  };
}
