import { compartmentRows } from './compartment.ts';
import type { RecordReader } from './contract.ts';
import { resourceOf } from './row-values.ts';
import { personOf } from './people.ts';
import { isDeleted } from './versions.ts';

/** Reads of the record as a draft leaves it; resources as they are stored, with the members' own references. */
export function createRecordReader(): RecordReader {
  return {
    person: personOf,
    async resources(draft, members, types) {
      const rows = await compartmentRows(draft, members, types);
      return rows.map(resourceOf);
    },
    async resource(draft, ref) {
      const row = await draft.get('resources', ref);
      return row === undefined || isDeleted(row) ? undefined : resourceOf(row);
    },
  };
}
