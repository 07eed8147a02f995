import { jsonOf } from '../store/body.ts';
import type { Put, Row } from '../store/port.ts';
import type { EventType, RecordEvent } from './contract.ts';

/** What an event's row holds beside its fields; what follows from others is left out: there are a dozen events per report. */
interface EventBody extends Pick<RecordEvent, 'ref' | 'message'> {
  /** Where it is not the source record. */
  readonly person?: string;
  /** Where it is not `ref` itself. */
  readonly encounter?: string;
  /** Where it is not the first. */
  readonly change?: number;
}

/** The `events` row of an event. */
export function eventPut(event: RecordEvent): Put {
  const { id, type, at, rec, person, ref, encounter, change, message } = event;
  const body: EventBody = {
    ref,
    ...(encounter === undefined || encounter === ref ? {} : { encounter }),
    ...(person === rec ? {} : { person }),
    ...(change === 1 ? {} : { change }),
    message,
  };
  return { collection: 'events', id, body: JSON.stringify(body), fields: { type, at, rec } };
}

/** The event of an `events` row. */
export function readEvent(row: Row): RecordEvent {
  const { type, at, rec } = row.fields;
  const { ref, message, person = String(rec), change = 1, encounter } = jsonOf<EventBody>(row);
  const visit = encounter ?? (ref.startsWith('Encounter/') ? ref : undefined);
  return {
    id: row.id,
    // `eventPut` is the only writer of these fields.
    type: type as EventType,
    at: at instanceof Date ? at : new Date(NaN),
    rec: String(rec),
    person,
    ref,
    ...(visit === undefined ? {} : { encounter: visit }),
    change,
    message,
  };
}
