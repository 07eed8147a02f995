import type { ProblemTable } from './table.ts';

/** Problems of the area `store`. */
export const STORE_PROBLEMS = {
  'store.unavailable': {
    meaning: 'The store cannot be reached or cannot write (disk full, file gone, server down, closed).',
    advice: 'See to the disk or the database server; work goes on by itself when the store answers again.',
  },
  'store.change-invalid': {
    meaning: 'A change set breaks the contract of the store (undeclared field, wrong kind of body, one row twice).',
    advice: 'This is a fault of the program: report it with the message id.',
  },
  'store.query-invalid': {
    meaning: 'A search breaks the contract of the store (undeclared field, limit out of bounds).',
    advice: 'This is a fault of the program: report it with the request that led to it.',
  },
  'store.cursor-invalid': {
    meaning: 'The cursor of a search was not made by an earlier page of the same search.',
    advice: 'Start the search again from its first page.',
  },
  'store.expectation-unread': {
    meaning: 'A decision was to rest on a row that it had not read.',
    advice: 'This is a fault of the program: report it with the message id.',
  },
  'store.schema-newer': {
    meaning: 'The data were written by a newer version of the engine.',
    advice: 'Start the newer version again; an older one cannot read its data.',
  },
  'store.body-too-large': {
    meaning: 'A row is larger than the store can hold (15 MiB in MongoDB).',
    advice: 'Lower the message size limit of the channel, or have the sender split or link large attachments.',
  },
  'store.mongodb-url': {
    meaning: 'The connection string of MongoDB cannot be read.',
    advice:
      'Write it as mongodb://USER:PASSWORD@HOST1,HOST2/?replicaSet=NAME, special characters of the password percent-encoded.',
  },
  'store.mongodb-unreachable': {
    meaning: 'MongoDB could not be reached or refused the login at start.',
    advice: "Check the address, the network, the replica set's state and the login in `store.url`.",
  },
  'store.mongodb-standalone': {
    meaning: 'The MongoDB server is a standalone one, which has no transactions.',
    advice: 'Make it a replica set (one member is enough): start it with --replSet and run rs.initiate().',
  },
} as const satisfies ProblemTable;
