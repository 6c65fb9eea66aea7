/** A document of a context, such as a spec. */
export interface ContextDocument {
  /** 1 to 512 bytes; a path, as a rule. */
  readonly name: string;
  readonly text: string;
}
