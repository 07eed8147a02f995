import type Libsql from 'libsql';

/** A value that SQLite stores. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** Values of the selected columns, in their order. */
export type SqlRow = readonly SqlValue[];

/** A prepared statement; parameters are given by position. */
export interface Statement {
  run(params: readonly SqlValue[]): void;
  get(params: readonly SqlValue[]): SqlRow | undefined;
  all(params: readonly SqlValue[]): readonly SqlRow[];
}

/** A connection; every call is synchronous and throws what SQLite says. */
export interface Connection {
  exec(sql: string): void;
  /** Prepared once per text and kept. */
  prepare(sql: string): Statement;
  close(): void;
}

/** How a file is opened. A read-only connection never writes and never checkpoints. */
interface OpenOptions {
  readonly readOnly: boolean;
  /** How long to wait for a lock of another process, milliseconds. */
  readonly busyMs: number;
}

/** Opens files with the binding of this runtime. */
export type Open = (file: string, options: OpenOptions) => Connection;

/** The binding of this runtime: `node:sqlite` where Node has it (22.13 and later), else npm `libsql`. The SQL is the same. */
export async function loadBinding(): Promise<Open> {
  const builtin = nodeSqlite();
  if (builtin !== undefined) return openNode(builtin);
  const { default: Database } = await import('libsql');
  return openLibsql(Database);
}

/** What we use of `node:sqlite`; Node 20's types do not have it. */
interface NodeStatement {
  run(...params: readonly SqlValue[]): unknown;
  get(...params: readonly SqlValue[]): Readonly<Record<string, SqlValue>> | undefined;
  all(...params: readonly SqlValue[]): readonly Readonly<Record<string, SqlValue>>[];
  /** Since 22.16: rows come as arrays. */
  setReturnArrays?(enabled: boolean): void;
}
interface NodeDatabase {
  exec(sql: string): void;
  prepare(sql: string): NodeStatement;
  close(): void;
}
interface NodeSqlite {
  readonly DatabaseSync: new (file: string, options: { readOnly: boolean; timeout: number }) => NodeDatabase;
}

function nodeSqlite(): NodeSqlite | undefined {
  // The first versions that had it behind a flag lack options that we need.
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 13)) return undefined;
  // The builtin is what it says; the types of Node 20 know only `unknown`.
  return process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;
}

function openNode({ DatabaseSync }: NodeSqlite): Open {
  return (file, { readOnly, busyMs }) => {
    const db = new DatabaseSync(file, { readOnly, timeout: busyMs });
    if (readOnly) db.exec(READ_ONLY);
    db.exec(`PRAGMA busy_timeout = ${busyMs}`);
    return connection(db, (sql) => {
      const statement = db.prepare(sql);
      const arrays = statement.setReturnArrays !== undefined;
      statement.setReturnArrays?.(true);
      const row = (values: Readonly<Record<string, SqlValue>>): SqlRow => Object.values(values);
      return {
        run: (params) => void statement.run(...params),
        get: (params) => {
          const values = statement.get(...params);
          return values === undefined || arrays ? (values as SqlRow | undefined) : row(values);
        },
        all: (params) => {
          const rows = statement.all(...params);
          return arrays ? (rows as unknown as readonly SqlRow[]) : rows.map(row);
        },
      };
    });
  };
}

function openLibsql(Database: typeof Libsql): Open {
  return (file, { readOnly, busyMs }) => {
    const db = new Database(file, { timeout: busyMs });
    if (readOnly) db.exec(READ_ONLY);
    db.exec(`PRAGMA busy_timeout = ${busyMs}`);
    return connection(db, (sql) => {
      const statement = db.prepare<[readonly SqlValue[]]>(sql);
      // A statement without result columns refuses to answer in arrays.
      if (statement.reader) statement.raw();
      return {
        run: (params) => void statement.run(params),
        get: (params) => statement.get(params) as SqlRow | undefined,
        all: (params) => statement.all(params) as SqlRow[],
      };
    });
  };
}

// libsql has no read-only mode: the connection is told to refuse writes, and never to checkpoint (SQLite 3.45.1 may
// corrupt the file when two connections do).
const READ_ONLY = 'PRAGMA query_only = 1; PRAGMA wal_autocheckpoint = 0';

/** Statements kept by a connection; queries come in many shapes, but not without end. */
const MAX_STATEMENTS = 1_000;

function connection(
  db: { exec(sql: string): unknown; close(): unknown },
  make: (sql: string) => Statement,
): Connection {
  const statements = new Map<string, Statement>();
  return {
    exec: (sql) => void db.exec(sql),
    prepare(sql) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        if (statements.size >= MAX_STATEMENTS) statements.clear();
        statements.set(sql, (statement = make(sql)));
      }
      return statement;
    },
    close() {
      statements.clear();
      db.close();
    },
  };
}
