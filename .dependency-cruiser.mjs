// What may import what. Each layer names all that it may reach; whatever is not named is refused.

/** Tests and benches may look anywhere in the project, the journeys of e2e apart. */
const tests = '[.](test|bench|test-kit)[.](ts|mjs)$|^engine/(conformance|torture)/';
/** Plain data and pure functions over it; whoever draws or records may read them. */
const steps = '^engine/(.+[.]steps|models)[.]ts$';

/** `from` may import, of the project and of the world, only what matches one of `to`. */
function layer(name, from, to, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: tests },
    to: { pathNot: to },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Two files that need each other at run time are one file, or three. (A type alone binds nothing at run time.)',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'What is imported exists.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    layer('memory', '^engine/memory/', ['^engine/(memory|trace)/'], 'The arena stands on nothing but the trace.'),
    layer('trace', '^engine/trace/', ['^engine/trace/', '^engine/memory/bytes[.]ts$'], 'Steps are plain data.'),
    layer('structures', '^engine/structures/', ['^engine/(structures|memory|trace)/'], 'Algorithms know no keyspace.'),
    layer('resp', '^engine/resp/', ['^engine/(resp|memory)/', '^engine/args[.]ts$'], 'The wire format knows bytes.'),
    layer(
      'keyspace',
      '^engine/keyspace/',
      ['^engine/(keyspace|structures|memory|trace)/', '^engine/reply[.]ts$'],
      'Keys stand above structures. A value writes its own bytes into the reply: that is the one buffer it knows.',
    ),
    layer(
      'commands',
      '^engine/commands/',
      [
        '^engine/(commands|keyspace|persistence|memory|structures|trace|resp)/',
        '^engine/(args|reply|errors|session|blocking|pubsub|host|config)[.]ts$',
        '^engine/(observer|tracking|pause|latency-histogram|latency-monitor)[.]ts$',
      ],
      'A command reads its arguments, works on the keyspace and writes its reply.',
    ),
    layer(
      'persistence',
      '^engine/persistence/',
      ['^engine/(persistence|keyspace|structures|resp|memory|trace)/', '^engine/host[.]ts$'],
      'Logs hold RESP; dumps hold values, which are put together by those who keep them.',
    ),
    layer(
      'museum',
      '^engine/museum/',
      ['^engine/(museum|structures|memory|trace|resp)/', '^engine/(args|reply|errors|host)[.]ts$', steps],
      'Wrong turns are structures behind a door of their own; no part of the real engine is bent for them.',
    ),
    layer('client', '^engine/client/', ['^engine/(client|resp|memory)/'], 'A client knows the wire, not the engine.'),
    layer(
      'engine',
      '^engine/[^/]+[.]ts$',
      ['^engine/(commands|keyspace|persistence|structures|memory|trace|resp)/', '^engine/[^/]+[.]ts$'],
      'The engine itself reaches no host, no exhibit and no client.',
    ),
    layer(
      'host-memory',
      '^engine/hosts/memory/',
      ['^engine/hosts/memory/', '^engine/(persistence|museum)/', '^engine/(api|host)[.]ts$'],
      'The host of tests and lessons has no platform.',
    ),
    layer(
      'host-node',
      '^engine/hosts/node/',
      [
        '^engine/hosts/node/',
        '^engine/(persistence|resp|memory)/',
        '^engine/(api|host)[.]ts$',
        '^(node:)?[a-z_0-9]+(/promises)?$',
      ],
      "A host comes in by the engine's door and brings its platform.",
    ),
    layer(
      'host-browser',
      '^engine/hosts/browser/',
      ['^engine/hosts/browser/', '^engine/(persistence|resp|memory|trace|museum)/', '^engine/(api|host)[.]ts$', steps],
      "A host comes in by the engine's door and brings its platform.",
    ),
    layer(
      'web',
      '^web/',
      [
        '^web/',
        '^lessons/',
        steps,
        '^engine/(trace|client)/',
        '^engine/memory/bytes[.]ts$',
        '^engine/(api|hosts/browser/protocol)[.]ts$',
        '^virtual:',
        '^node_modules/(d3|d3-[a-z]+|@types/d3[^/]*|svelte|esm-env|@xterm/[^/]+|@fontsource-variable/[^/]+)/',
      ],
      'The page speaks RESP and reads steps.',
    ),
    {
      name: 'web-api-types-only',
      comment: "Of the engine's doors the page sees types alone: the engine itself runs in the worker.",
      severity: 'error',
      from: { path: '^web/', pathNot: tests },
      to: { path: '^engine/(api|hosts/browser/protocol)[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'e2e',
      comment: 'A journey knows the page, as its visitor does.',
      severity: 'error',
      from: { path: '^e2e/' },
      to: { path: '^(engine|web|lessons|scripts)/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '[.](test|bench|test-kit)[.]ts$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|dist-server|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'svelte', 'browser', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.svelte', '.d.ts'],
    },
  },
};
