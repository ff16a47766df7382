import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "vitest";

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** The parts of an OpenAPI document that answers are checked against. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

/** Holds answers to an OpenAPI document. */
export class ApiContract {
  readonly document: ApiDocument;
  /** Operations that have been answered with success: `GET /api/users`. */
  readonly succeeded = new Set<string>();
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: ApiDocument) {
    this.document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(document, "api");
  }

  /** Every operation: `GET /api/users/{id}`. */
  get operations(): string[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** Fails unless the document describes this very answer. Addresses outside the document are not looked at. */
  expectDescribed({ method, path, status, contentType, body }: WireAnswer): void {
    const template = this.#templateOf(path);
    const operation = template === undefined ? undefined : this.document.paths[template]?.[method.toLowerCase()];
    if (template === undefined || operation === undefined) return;
    const name = `${method} ${template}`;
    const key = String(status) in operation.responses ? String(status) : "default";
    if (status < 400) {
      expect(key, `${name} answered with a status that its description does not have`).toBe(String(status));
      this.succeeded.add(name);
    }
    const mediaType = contentType?.split(";")[0];
    if (mediaType === undefined) {
      expect([202, 204], `${name}: an answer without a body`).toContain(status);
      return;
    }
    const described = Object.keys(operation.responses[key]?.content ?? {});
    expect(described, `${name} ${status}`).toContain(mediaType);
    const validate = this.#validator(["paths", template, method.toLowerCase(), "responses", key, "content", mediaType]);
    expect(validate(body) ? [] : validate.errors, `${name} ${status}`).toEqual([]);
  }

  #templateOf(path: string): string | undefined {
    const [plain = ""] = path.split("?");
    const segments = plain.split("/");
    const templates = Object.keys(this.document.paths);
    const fits = (template: string) => {
      const parts = template.split("/");
      return (
        parts.length === segments.length && parts.every((part, at) => part.startsWith("{") || part === segments[at])
      );
    };
    return templates.find((template) => template === plain) ?? templates.find(fits);
  }

  #validator(place: readonly string[]): ValidateFunction {
    const pointer = [...place, "schema"]
      .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    const validate = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: `api#/${pointer}` });
    this.#validators.set(pointer, validate);
    return validate;
  }
}
