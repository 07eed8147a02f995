import type { Store } from '../port.ts';
import type { MongodbConfig } from './connect.ts';
import { connect } from './connect.ts';
import { guarded } from './failure.ts';
import { migrate } from './schema.ts';
import { MongoStore } from './store.ts';

/** Connects and brings the schema up to date; rejects as {@link connect} does. */
export async function openMongodb(config: MongodbConfig): Promise<Store> {
  const connection = await connect(config);
  try {
    await guarded(() => migrate(connection.db));
  } catch (error) {
    await connection.client.close();
    throw error;
  }
  return new MongoStore(connection);
}
