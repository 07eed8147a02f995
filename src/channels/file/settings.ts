/** Settings of a file reader as the configuration holds them. */
export interface FileReaderSettings {
  readonly folder: string;
  readonly extension?: string;
  readonly pollMs?: number;
  readonly settleMs?: number;
  readonly maxMessageBytes?: number;
  readonly maxFileBytes?: number;
}

const count = (description: string) => ({ type: 'integer', minimum: 1, description });

/** JSON Schema of {@link FileReaderSettings}. */
export const fileReaderSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['folder'],
  properties: {
    folder: {
      type: 'string',
      minLength: 1,
      description: 'Folder to watch; files move to its folders done and failed, which are made where they are missing.',
    },
    extension: {
      type: 'string',
      pattern: '^\\.',
      description: 'Takes only files whose names end so, for example .hl7.',
    },
    pollMs: count('How often the folder is looked at; 1,000 where left out.'),
    settleMs: count('How long size and time of a file must not have changed before it is read; 2,000 where left out.'),
    maxMessageBytes: count('Largest message; 10 MiB where left out.'),
    maxFileBytes: count('Largest file; 256 MiB where left out.'),
  },
};
