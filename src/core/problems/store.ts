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
  'store.locked': {
    meaning: 'Another process writes this store file.',
    advice: 'Stop that process, or let the command go through the running engine.',
  },
  'store.row-damaged': {
    meaning: 'The bytes of a stored row were changed; it cannot be read.',
    advice: 'Check the disk; restore the store from a backup.',
  },
  'store.schema-newer': {
    meaning: 'The store was written by a later version of the program.',
    advice: 'Start the later version; a store is never brought back to an earlier one.',
  },
  'store.sealing-key-invalid': {
    meaning: 'A sealing key is malformed, or the current one is not in the list.',
    advice:
      'Make a key with `openssl rand -base64 32` and name it in `sealing.keys`; `sealing.current` is one of their ids.',
  },
  'store.sealing-key-missing': {
    meaning: 'What is stored is sealed with a key that the configuration does not have.',
    advice:
      'Put the key back into `sealing.keys`; take keys out only after everything was sealed anew with the current one.',
  },
  'store.sealing-late': {
    meaning: 'Sealing was switched on for a store that already holds plain rows.',
    advice: 'Start with an empty store and load the messages again, or leave sealing off.',
  },
  'store.sealing-broken': {
    meaning: 'A sealed row was damaged, changed by hand or moved from another row.',
    advice: 'Restore the collection from a backup; check who can write to the database.',
  },
  'store.sensitive-id': {
    meaning: 'With sealing on, a row was to get an id that holds an ID number, which would stand in the clear.',
    advice: 'Have the FHIR client choose ids without personal numbers; put the number into `identifier`.',
  },
} as const satisfies ProblemTable;
