/** An element of XML with all that is in it. */
export class XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[] = [];
  /** The line where its start tag ends. */
  readonly line: number;
  /** Its own text, without that of its children. */
  text = "";

  constructor(name: string, attributes: Record<string, string>, line: number) {
    this.name = name;
    this.attributes = attributes;
    this.line = line;
  }

  /** An attribute, or an empty string. */
  get(name: string): string {
    return this.attributes[name] ?? "";
  }

  /** The first child of a name. */
  child(name: string): XmlElement | undefined {
    // Plain loops: a report has millions of these.
    for (const child of this.children) if (child.name === name) return child;
    return undefined;
  }

  /** The children of a name; a path leads through several. */
  all(name: string, ...path: string[]): XmlElement[] {
    const found: XmlElement[] = [];
    for (const child of this.children) if (child.name === name) found.push(child);
    const [next, ...rest] = path;
    return next === undefined ? found : found.flatMap((child) => child.all(next, ...rest));
  }

  /** The trimmed text of the first child of a name, or of the first of several names that has one; else empty. */
  textOf(...names: string[]): string {
    for (const name of names) {
      const text = this.child(name)?.text.trim() ?? "";
      if (text !== "") return text;
    }
    return "";
  }
}
