import { fileURLToPath } from "node:url";
import { type FunctionDeclaration, type JSDoc, Node, Project, type VariableDeclaration } from "ts-morph";
import { descriptionOf, type FieldText, fieldsOf, signatureOf } from "./operations.ts";

/** A named part of a doc comment. */
interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** A function that @nerve/database exports, with what its doc comment says. */
export interface ApiFunction {
  readonly name: string;
  /** The folder under `src` that it is in. */
  readonly module: string;
  /** File and line, for whoever has to correct it. */
  readonly place: string;
  readonly parameterNames: readonly string[];
  /** As it is called: name, parameters and result, with their types. */
  readonly signature: string;
  readonly returnType: string;
  readonly isThrowing: boolean;
  readonly description: string;
  readonly parameters: readonly NamedText[];
  readonly returns: string | undefined;
  /** By error class; empty where a comment names only the code. */
  readonly throws: readonly NamedText[];
  readonly sources: readonly string[];
  readonly examples: readonly string[];
  /** What an operation says of itself; undefined for a plain function. */
  readonly operation: OperationText | undefined;
}

/** What an operation says of itself. */
export interface OperationText {
  readonly kind: "changing" | "reading";
  readonly permission: string;
  readonly fresh: boolean;
  readonly mayLag: boolean;
  readonly fields: readonly FieldText[];
  /** The schema of what it answers. */
  readonly output: unknown;
}

const sources = fileURLToPath(new URL("../../packages/database/src/", import.meta.url));

/** The package's sources as text only: neither libraries nor types beyond what is written down are looked up. */
function openSources(): Project {
  const project = new Project({
    compilerOptions: { noResolve: true, noLib: true, types: [], allowImportingTsExtensions: true },
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
    skipLoadingLibFiles: true,
  });
  project.addSourceFilesAtPaths(`${sources}**/*.ts`);
  return project;
}

/** A type that @nerve/database exports, as it is written in the sources. */
export interface ApiType {
  readonly name: string;
  readonly module: string;
  readonly text: string;
}

/** What @nerve/database exports. */
export interface ApiExports {
  readonly names: ReadonlySet<string>;
  readonly functions: readonly ApiFunction[];
  readonly types: readonly ApiType[];
}

/** Reads what @nerve/database exports. */
export function readExports(): ApiExports {
  const index = openSources().getSourceFileOrThrow(`${sources}index.ts`);
  const exported = [...index.getExportedDeclarations()];
  const functions = exported.flatMap(([name, declarations]) => {
    // Of an overloaded function the first comment speaks for all.
    const declaration = declarations.find((candidate) => Node.isFunctionDeclaration(candidate));
    if (declaration !== undefined) return [readFunction(name, declaration)];
    const operation = declarations.find((candidate) => Node.isVariableDeclaration(candidate));
    return operation !== undefined && isOperation(operation) ? [readOperation(name, operation)] : [];
  });
  const types = exported.flatMap(([name, declarations]) => declarations.flatMap((node) => readType(name, node)));
  return { names: new Set(exported.map(([name]) => name)), functions, types };
}

/** Types that are made from input schemas are left out: the functions that take them list their fields. */
function readType(name: string, declaration: Node): ApiType[] {
  if (!Node.isInterfaceDeclaration(declaration) && !Node.isTypeAliasDeclaration(declaration)) return [];
  const text = declaration
    .getText(true)
    .replaceAll(/^export /gm, "")
    .replaceAll(/\n +\/\*\*[^\n]*@internal \*\/\n[^\n]*/g, "");
  return /\bz\.|typeof /.test(text) ? [] : [{ name, module: moduleOf(declaration), text }];
}

function moduleOf(declaration: Node): string {
  return declaration.getSourceFile().getFilePath().slice(sources.length).split("/")[0] ?? "";
}

function readFunction(name: string, declaration: FunctionDeclaration): ApiFunction {
  const file = declaration.getSourceFile().getFilePath().slice(sources.length);
  const returnType = readableType(declaration.getReturnTypeNode()?.getText() ?? "");
  const parameters = declaration.getParameters().map((parameter) => parameter.getText());
  return {
    name,
    module: moduleOf(declaration),
    place: `packages/database/src/${file}:${declaration.getStartLineNumber()}`,
    parameterNames: declaration.getParameters().map((parameter) => parameter.getName()),
    signature: `${name}(${parameters.map(readableParameter).join(", ")}): ${returnType}`,
    returnType,
    isThrowing: /\b(?:throw|parseInput)\b/.test(declaration.getBodyText() ?? ""),
    operation: undefined,
    ...readComment(declaration.getJsDocs().at(-1)),
  };
}

/** Whether a constant is made by a call of one of the functions that define operations. */
function isOperation(declaration: VariableDeclaration): boolean {
  const value = declaration.getInitializer();
  return Node.isCallExpression(value) && /^(?:changing|reading|listing)$/.test(value.getExpression().getText());
}

function readOperation(name: string, declaration: VariableDeclaration): ApiFunction {
  const file = declaration.getSourceFile().getFilePath().slice(sources.length);
  const { fields: schemas, ...description } = descriptionOf(name);
  const fields = fieldsOf(schemas);
  return {
    name,
    module: moduleOf(declaration),
    place: `packages/database/src/${file}:${declaration.getStartLineNumber()}`,
    parameterNames: [],
    signature: signatureOf(name, fields),
    returnType: "Promise",
    // What it is given is always looked at.
    isThrowing: true,
    operation: { ...description, fields },
    ...readComment(declaration.getVariableStatement()?.getJsDocs().at(-1)),
  };
}

type Comment = Pick<ApiFunction, "description" | "parameters" | "returns" | "throws" | "sources" | "examples">;

function readComment(comment: JSDoc | undefined): Comment {
  const tags = (comment?.getTags() ?? []).map((tag) => ({ kind: tag.getTagName(), text: withoutStars(tag.getText()) }));
  const textsOf = (kind: string) =>
    tags.filter((tag) => tag.kind === kind).map(({ text }) => text.replace(/^@\w+\s*/, "").trim());
  return {
    description: withoutLinks(comment?.getDescription().trim() ?? ""),
    parameters: textsOf("param").map((text) => split(text, /^([\w.]+)\s*(?:- )?/)),
    returns: textsOf("returns").map(toLine)[0],
    throws: textsOf("throws").map((text) => split(text, /^\{(\w+)\}\s*/)),
    sources: textsOf("see").map(toLine),
    examples: textsOf("example"),
  };
}

function split(text: string, name: RegExp): NamedText {
  return { name: name.exec(text)?.[1] ?? "", text: toLine(text.replace(name, "")) };
}

/** The text of a tag without the star before each line. */
function withoutStars(text: string): string {
  return text.replaceAll(/\n[ \t]*\*[ \t]?/g, "\n").trim();
}

/** `{@link name}` as the name itself. */
function withoutLinks(text: string): string {
  return text.replaceAll(/\{@link (\w+)\}/g, "`$1`");
}

function toLine(text: string): string {
  return withoutLinks(text).replaceAll(/\s+/g, " ").trim();
}

/** A parameter as its caller sees it: one with a default is optional; what is in an options object its `@param` says. */
function readableParameter(text: string): string {
  const line = toLine(text);
  const destructured = /^\{[^}]*\}/.test(line) ? line.replace(/^\{[^}]*\}/, "options") : line;
  return readableType(destructured.replace(/^(\w+)(\??)(: .*?)?\s=\s.*$/, "$1?$3"));
}

function readableType(type: string): string {
  return toLine(type).replaceAll(/z\.(?:input|output)<typeof \w+>/g, "{ … }");
}
