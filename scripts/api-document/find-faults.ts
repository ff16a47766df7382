import { errorRegistry } from "../../packages/database/src/index.ts";
import type { ApiFunction } from "./read-functions.ts";

const codes = Object.keys(errorRegistry);

/** Tells what a function's doc comment lacks; nothing when it says all there is to know. */
export function findFaults(api: ApiFunction): string[] {
  const faults = [
    ...(api.description === "" ? ["has no description"] : []),
    ...findParameterFaults(api),
    ...(api.returns === undefined && !/^(?:void|Promise<void>)$/.test(api.returnType) ? ["has no @returns"] : []),
    ...findErrorFaults(api),
    ...(api.examples.length === 0 && takesDatabase(api) ? ["has no @example"] : []),
  ];
  return faults.map((fault) => `${api.name} (${api.place}) ${fault}`);
}

function takesDatabase({ operation, signature }: ApiFunction): boolean {
  return operation !== undefined || /\bdb: /.test(signature);
}

/** Whether a parameter is taken apart where it is declared, and so has no name of its own. */
function isDestructured(name: string): boolean {
  return name.startsWith("{");
}

function findParameterFaults({ parameterNames, parameters }: ApiFunction): string[] {
  const documented = parameters.map(({ name }) => name.split(".")[0]);
  const missing = parameterNames.filter((name) => !isDestructured(name) && !documented.includes(name));
  const unknown = documented.filter(
    (name = "") => !parameterNames.includes(name) && !parameterNames.some(isDestructured),
  );
  return [
    ...missing.map((name) => `does not describe \`${name}\``),
    ...unknown.map((name) => `describes \`${name}\`, which it does not take`),
    ...(parameterNames.some(isDestructured) && documented.length === 0 ? ["does not describe its options"] : []),
  ];
}

function findErrorFaults({ isThrowing, throws }: ApiFunction): string[] {
  if (isThrowing && throws.length === 0) return ["throws, and has no @throws"];
  return throws.flatMap(({ name, text }) => {
    const words = text.match(/\b[A-Z]{3,}(?:_[A-Z]+)*\b/g) ?? [];
    const named = words.filter((word) => codes.includes(word));
    // A programmer's mistake has no code, and whoever passes errors on says whose.
    if (
      named.length === 0 &&
      name !== "TypeError" &&
      name !== "RangeError" &&
      !/\bas `|\bown error\b|\bwhat .+ throws\b/.test(text)
    ) {
      return [`names no error code: ${text}`];
    }
    return words
      .filter((word) => word.includes("_") && !codes.includes(word))
      .map((word) => `names ${word}, which is no code of the registry`);
  });
}
