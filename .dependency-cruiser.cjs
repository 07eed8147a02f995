// DESIGN: a folder imports only what stands in its row (docs/architecture.md); drivers are known only to their builtins.ts.
const may = (name, ...targets) => ({
  name: `${name}-imports-only-${targets.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [name, ...targets].map((t) => `^src/${t}/`) },
});
const onlyIn = (pkg, ...paths) => ({
  name: `${pkg}-only-in-${paths.join('-or-')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: paths.map((path) => `^src/${path}`) },
  to: { path: `node_modules/${pkg}/` },
});
const portOnly = (folder, stage, ...more) => ({
  name: `${folder}-knows-only-the-port-of-${stage}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^src/${stage}/`, pathNot: [`^src/${stage}/[^/]+\\.ts$`, ...more] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(app|cli)/' },
      to: {},
    },
    may('core'),
    may('hl7', 'core'),
    may('fhir', 'core'),
    may('mapping', 'core', 'hl7', 'fhir'),
    may('cda', 'core', 'fhir', 'mapping'),
    may('identity', 'core'),
    may('triggers', 'core', 'fhir'),
    may('store', 'core'),
    may('record', 'core', 'fhir', 'identity', 'store'),
    may('channels', 'core', 'hl7'),
    may('senders', 'core'),
    may('pipeline', 'core', 'hl7', 'fhir', 'mapping', 'cda', 'identity', 'triggers', 'store', 'record', 'channels', 'senders'),
    may('server', 'core', 'fhir', 'record', 'store', 'pipeline'),
    may('config', 'core', 'hl7', 'fhir', 'mapping', 'triggers'),
    may('cli', 'core', 'app'),
    portOnly('record', 'store'),
    portOnly('pipeline', 'store'),
    portOnly('pipeline', 'channels'),
    portOnly('pipeline', 'senders'),
    portOnly('server', 'store'),
    {
      name: 'drivers-only-through-builtins',
      comment: 'A driver (src/<stage>/<driver>/) is known only to its own stage list.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(store|channels|senders)/builtins\\.ts$|^src/(store|channels|senders)/[^/]+/',
      },
      to: { path: '^src/(store/(sqlite|mongodb|memory)|channels/[^/]+|senders/[^/]+)/' },
    },
    {
      name: 'drivers-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/(store|channels|senders)/([^/]+)/' },
      to: { path: '^src/(store|channels|senders)/[^/]+/', pathNot: '^src/$1/$2/' },
    },
    onlyIn('mongodb', 'store/mongodb/'),
    onlyIn('libsql', 'store/sqlite/'),
    onlyIn('express', 'server/'),
    onlyIn('ajv', 'config/', 'mapping/read/', 'triggers/read/'),
    onlyIn('yaml', 'config/', 'mapping/read/', 'triggers/read/'),
    onlyIn('iconv-lite', 'hl7/'),
    onlyIn('sax', 'cda/'),
    onlyIn('winston', 'app/'),
    onlyIn('prom-client', 'server/'),
    onlyIn('jose', 'server/auth/'),
    {
      name: 'no-dev-dependency-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '@types' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
