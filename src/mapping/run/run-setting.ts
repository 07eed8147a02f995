/** What the mapping knows beside the message: the coding systems of its site. */
export interface RunSetting {
  readonly codeSystems: ReadonlyMap<string, string>;
  readonly zone?: string;
}
