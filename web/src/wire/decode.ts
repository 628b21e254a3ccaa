// Unknown JSON into typed values, or a named error that says where it went wrong. Nothing behind this file
// doubts the network again; nothing before it is trusted.

export class WireError extends Error {
  constructor(
    readonly path: string,
    readonly expected: string,
  ) {
    super(`${path}: expected ${expected}`);
    this.name = "WireError";
  }
}

/** A value and the way to it, read by small strict questions. */
export class Node {
  constructor(
    readonly value: unknown,
    readonly path: string = "$",
  ) {}

  private wrong(expected: string): never {
    throw new WireError(this.path, expected);
  }

  get(key: string): Node {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.wrong("an object");
    return new Node((value as Record<string, unknown>)[key], `${this.path}.${key}`);
  }

  get isNull(): boolean {
    return this.value === null || this.value === undefined;
  }

  string(): string {
    return typeof this.value === "string" ? this.value : this.wrong("text");
  }

  /** Text; a missing one is empty. */
  textOr(otherwise = ""): string {
    return this.isNull ? otherwise : this.string();
  }

  number(): number {
    return typeof this.value === "number" && Number.isFinite(this.value)
      ? this.value
      : this.wrong("a number");
  }

  integer(): number {
    return Number.isSafeInteger(this.value) ? (this.value as number) : this.wrong("a whole number");
  }

  boolean(): boolean {
    return typeof this.value === "boolean" ? this.value : this.wrong("true or false");
  }

  /** An id: the page keeps it as text whether the server counts or spells it. */
  id(): string {
    return typeof this.value === "number" ? String(this.integer()) : this.string();
  }

  list<T>(read: (node: Node) => T): T[] {
    const { value, path } = this;
    if (!Array.isArray(value)) return this.wrong("a list");
    return value.map((item, i) => read(new Node(item, `${path}[${i}]`)));
  }

  maybe<T>(read: (node: Node) => T): T | null {
    return this.isNull ? null : read(this);
  }

  oneOf<T extends string>(options: readonly T[]): T {
    return options.find((option) => option === this.value) ?? this.wrong(`one of ${options.join(", ")}`);
  }

  /** Integer values by key; a missing object is empty. */
  counts(): Map<string, number> {
    if (this.isNull) return new Map();
    const { value } = this;
    if (typeof value !== "object" || Array.isArray(value)) return this.wrong("an object");
    return new Map(Object.keys(value as object).map((key) => [key, this.get(key).integer()]));
  }
}
