import type { ProblemTable } from './table.ts';

/** Problems of the area `config`. */
export const CONFIG_PROBLEMS = {
  'config.not-found': {
    meaning: 'The configuration file or one of its folders does not exist.',
    advice: 'Give the right path with `--config FILE`; `jingluo check` shows what is read from where.',
  },
  'config.yaml': {
    meaning: 'The file is not well-formed YAML.',
    advice: 'Correct the place that is named; texts with `: `, `#` or commas in braces need quotes.',
  },
  'config.environment': {
    meaning: 'The configuration reads an environment variable that is not set.',
    advice: 'Set the variable for the process; secrets stay out of the files.',
  },
  'config.unknown-setting': {
    meaning: 'The configuration has a setting that nothing reads.',
    advice: 'Correct its name or remove it; docs/settings.md lists every setting.',
  },
  'config.unknown-type': {
    meaning: 'No plug-in of this type is built in.',
    advice: 'Use one of the types named in the message.',
  },
  'config.invalid': {
    meaning: 'A setting has a value that is not allowed.',
    advice: 'Give what the message expects; docs/settings.md has examples.',
  },
  'config.duplicate': {
    meaning: 'Two entries have the same name, or two listeners the same port.',
    advice: 'Rename one of them or give it another port.',
  },
  'config.unknown-name': {
    meaning: 'A setting names something that is not configured (a source, a channel, a site).',
    advice: 'Correct the name or configure what is missing.',
  },
  'config.not-a-demo': {
    meaning: 'The demo day was asked for with the configuration of a real site.',
    advice: 'Leave out `--config`, or give a copy of config/demo.yaml; a real site is started with `jingluo start`.',
  },
  'config.unsafe': {
    meaning: 'The combination of settings would expose patient data.',
    advice: 'Configure authentication, or bind the endpoint to a loopback address.',
  },
} as const satisfies ProblemTable;
