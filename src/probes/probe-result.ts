/** How one check went. */
export interface ProbeResult {
  readonly ok: boolean;
  /** For people: `HTTP 503`. Of a check that was ended it is what was known by then, and may be empty. */
  readonly detail: string;
}
