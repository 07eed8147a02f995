/** What a plug-in (channel, sender, store driver, mapping function) declares about itself; configuration checks, docs and tests derive from it. */
export interface Plugin<T, Deps> {
  readonly type: string;
  readonly summary: string;
  /** JSON Schema (draft 2020-12) of its settings, an object schema with `additionalProperties: false`. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly examples: readonly unknown[];
  create(config: unknown, deps: Deps): T;
}

/** A plug-in as its author writes it, with its own type of settings. */
export interface PluginSpec<Config, T, Deps> {
  readonly type: string;
  readonly summary: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly examples: readonly Config[];
  create(config: Config, deps: Deps): T;
}

/** The one place where a validated `unknown` becomes a plug-in's own settings type. */
export function definePlugin<Config, T, Deps>(spec: PluginSpec<Config, T, Deps>): Plugin<T, Deps> {
  return { ...spec, create: (config, deps) => spec.create(config as Config, deps) };
}
