import { MongoError, MongoServerError } from 'mongodb';
import { JingluoError, problem } from '../../core/problem.ts';
import { StoreUnavailable } from '../unavailable.ts';

/** Codes of the server that tell a fault of ours, not an outage: bad command, type, filter, index, document. */
const OUR_FAULTS: ReadonlySet<number> = new Set([2, 9, 14, 22, 40, 52, 54, 59, 66, 85, 86, 17287, 51075, 51091]);
const TOO_LARGE: ReadonlySet<number> = new Set([10334, 17419, 17420, 17280]);
const DUPLICATE_KEY = 11000;
const WRITE_CONFLICT = 112;

/** True for a failed insert of an id that exists. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/** True where a transaction lost against another and can simply be run again. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof MongoError)) return false;
  return error.code === WRITE_CONFLICT || (error.hasErrorLabel('TransientTransactionError') && !isNetwork(error));
}

/** True where the answer to a commit was lost: the commit may be repeated, not the transaction. */
export function isUnknownCommit(error: unknown): boolean {
  return error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult');
}

// A lost connection carries the same label; running again at once would only prolong the outage.
function isNetwork(error: MongoError): boolean {
  return !(error instanceof MongoServerError);
}

/**
 * What a caller of the store is told about an error of the driver: `StoreUnavailable` unless it is our own fault.
 * The driver's message is kept as cause only: it may quote data.
 */
export function failure(error: unknown): unknown {
  if (error instanceof JingluoError) return error;
  if (error instanceof RangeError) return tooLarge(error);
  if (!(error instanceof MongoError)) return error;
  const code = typeof error.code === 'number' ? error.code : undefined;
  if (code !== undefined && TOO_LARGE.has(code)) return tooLarge(error);
  if (code !== undefined && OUR_FAULTS.has(code)) return error;
  return new StoreUnavailable(`MongoDB answered ${error.name}${code === undefined ? '' : ` ${code}`}`, {
    cause: error,
  });
}

function tooLarge(cause: unknown): JingluoError {
  return new JingluoError(
    problem('store.body-too-large', 'A row would be larger than the 16 MiB that MongoDB holds in one document.'),
    { cause },
  );
}

/** Runs a step and rejects with what the port promises. */
export async function guarded<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw failure(error);
  }
}
