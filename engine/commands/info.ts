import type { Database } from '../keyspace/database.ts';
import { clockAt } from '../keyspace/values.ts';
import type { Context } from './contract.ts';
import { commandFields, latencyFields } from './timings.ts';
import { ABSENT } from './info-absent.ts';
import { memoryFigures, percent, ratio } from './memory-figures.ts';
import { REDIS_VERSION, VITRINE_VERSION } from './versions.ts';

type Fields = readonly (readonly [name: string, value: string | number])[];

/** The sections in their order. */
const SECTIONS: readonly {
  readonly name: string;
  readonly title: string;
  readonly isExtra?: true;
  fields(context: Context): Fields;
}[] = [
  { name: 'server', title: 'Server', fields: serverFields },
  { name: 'clients', title: 'Clients', fields: clientFields },
  { name: 'memory', title: 'Memory', fields: memoryFields },
  { name: 'persistence', title: 'Persistence', fields: persistenceFields },
  { name: 'stats', title: 'Stats', fields: statsFields },
  { name: 'replication', title: 'Replication', fields: replicationFields },
  { name: 'cpu', title: 'CPU', fields: cpuFields },
  { name: 'modules', title: 'Modules', fields: () => [] },
  { name: 'commandstats', title: 'Commandstats', isExtra: true, fields: commandFields },
  { name: 'latencystats', title: 'Latencystats', isExtra: true, fields: latencyFields },
  { name: 'errorstats', title: 'Errorstats', fields: errorFields },
  { name: 'cluster', title: 'Cluster', fields: () => [['cluster_enabled', 0]] },
  { name: 'keyspace', title: 'Keyspace', fields: keyspaceFields },
];

/** The sections asked for, each once; without a wish, the usual ones. */
export function infoText(context: Context, wanted: readonly string[]): string {
  const wishes = new Set(wanted.length === 0 ? ['default'] : wanted);
  const isEverything = wishes.has('all') || wishes.has('everything');
  return SECTIONS.filter(
    ({ name, isExtra }) => isEverything || wishes.has(name) || (wishes.has('default') && isExtra !== true),
  )
    .map(({ name, title, fields }) => `# ${title}\r\n${linesOf([...fields(context), ...(ABSENT[name] ?? [])])}`)
    .join('\r\n');
}

function linesOf(fields: Fields): string {
  return fields.map(([name, value]) => `${name}:${value}\r\n`).join('');
}

function serverFields({ server, config, keyspace }: Context): Fields {
  const { facts, nowMs } = server;
  const uptimeSeconds = Math.floor((nowMs - server.startMs) / 1000);
  return [
    ['redis_version', REDIS_VERSION],
    ['server_name', 'vitrine'],
    ['vitrine_version', VITRINE_VERSION],
    ['redis_build_id', VITRINE_VERSION],
    ['redis_mode', 'standalone'],
    ['os', facts.os],
    ['arch_bits', 64],
    ['host', facts.host],
    ['process_id', facts.processId],
    ['process_supervised', 'no'],
    ['run_id', server.runId],
    ['tcp_port', facts.tcpPort],
    ['server_time_usec', Math.floor(nowMs * 1000)],
    ['uptime_in_seconds', uptimeSeconds],
    ['uptime_in_days', Math.floor(uptimeSeconds / 86400)],
    ['hz', config.text('hz')],
    ['configured_hz', config.text('hz')],
    ['lru_clock', clockAt(keyspace.nowMs)],
    ['executable', facts.executable],
    ['config_file', facts.configFile],
  ];
}

function clientFields({ server, config }: Context): Fields {
  const sessions = [...server.sessions()];
  return [
    ['connected_clients', sessions.length],
    ['cluster_connections', 0],
    ['maxclients', config.text('maxclients')],
    [
      'client_recent_max_input_buffer',
      sessions.reduce((most, { decoder }) => Math.max(most, decoder.pendingCapacity), 0),
    ],
    ['client_recent_max_output_buffer', 0],
    ['blocked_clients', server.waitingClients()],
    ['tracking_clients', server.tracking.size],
    ['clients_in_timeout_table', 0],
  ];
}

function memoryFields(context: Context): Fields {
  const { server, config } = context;
  const { used, slabs, reserved, peak, overhead, dataset, clients } = memoryFigures(context);
  const limit = config.number('maxmemory');
  const system = server.facts.systemMemoryBytes ?? 0;
  return [
    ['used_memory', used],
    ['used_memory_human', human(used)],
    ['used_memory_rss', reserved],
    ['used_memory_rss_human', human(reserved)],
    ['used_memory_peak', peak],
    ['used_memory_peak_human', human(peak)],
    ['used_memory_peak_perc', `${percent(used, peak).toFixed(2)}%`],
    ['used_memory_overhead', overhead],
    ['used_memory_startup', 0],
    ['used_memory_dataset', dataset],
    ['used_memory_dataset_perc', `${percent(dataset, used).toFixed(2)}%`],
    ['allocator_allocated', used],
    ['allocator_active', slabs],
    ['allocator_resident', reserved],
    ['total_system_memory', system],
    ['total_system_memory_human', human(system)],
    ['maxmemory', limit],
    ['maxmemory_human', human(limit)],
    ['maxmemory_policy', config.text('maxmemory-policy')],
    ['allocator_frag_ratio', ratio(slabs, used).toFixed(2)],
    ['allocator_frag_bytes', slabs - used],
    ['allocator_rss_ratio', ratio(reserved, slabs).toFixed(2)],
    ['allocator_rss_bytes', reserved - slabs],
    ['rss_overhead_ratio', '1.00'],
    ['rss_overhead_bytes', 0],
    ['mem_fragmentation_ratio', ratio(reserved, used).toFixed(2)],
    ['mem_fragmentation_bytes', reserved - used],
    ['mem_clients_normal', clients],
    ['mem_allocator', 'arena'],
    ['compressed_blocks', context.keyspace.compressed.totals.blocks],
    ['compressed_bytes_before', context.keyspace.compressed.totals.before],
    ['compressed_bytes_after', context.keyspace.compressed.totals.after],
  ];
}

function persistenceFields({ server, keyspace }: Context): Fields {
  return [
    ['loading', 0],
    ['async_loading', 0],
    ['rdb_changes_since_last_save', keyspace.stats.dirty],
    ['rdb_bgsave_in_progress', 0],
    ['rdb_last_save_time', Math.floor(server.startMs / 1000)],
    ['rdb_last_bgsave_status', 'ok'],
    ...server.persistenceInfo(),
    ['aof_rewrite_in_progress', 0],
    ['aof_rewrite_scheduled', 0],
  ];
}

function statsFields({ server, keyspace }: Context): Fields {
  const { stats } = server;
  const rates = server.ratesASecond();
  const tracked = server.tracking.counts();
  return [
    ['total_connections_received', stats.connections],
    ['total_commands_processed', stats.commands],
    ['instantaneous_ops_per_sec', Math.round(rates.commands)],
    ['total_net_input_bytes', stats.inputBytes],
    ['total_net_output_bytes', stats.outputBytes],
    ['instantaneous_input_kbps', (rates.inputBytes / 1024).toFixed(2)],
    ['instantaneous_output_kbps', (rates.outputBytes / 1024).toFixed(2)],
    ['total_reads_processed', stats.reads],
    ['total_writes_processed', stats.writes],
    ['rejected_connections', stats.rejectedConnections],
    ['expired_keys', keyspace.stats.expired],
    // A heap knows every key whose time has come.
    ['expired_stale_perc', '0.00'],
    ['evicted_keys', keyspace.stats.evicted],
    ['evicted_clients', 0],
    ['keyspace_hits', keyspace.stats.hits],
    ['keyspace_misses', keyspace.stats.misses],
    ['pubsub_channels', server.pubsub.names('channel').length],
    ['pubsub_patterns', server.pubsub.names('pattern').length],
    ['pubsubshard_channels', server.pubsub.names('shard').length],
    ['tracking_total_keys', tracked.keys],
    ['tracking_total_items', tracked.items],
    ['tracking_total_prefixes', tracked.prefixes],
    ['total_error_replies', [...stats.errors.values()].reduce((total, count) => total + count, 0)],
  ];
}

function replicationFields({ server }: Context): Fields {
  return [
    ['role', 'master'],
    ['connected_slaves', 0],
    ['master_failover_state', 'no-failover'],
    ['master_replid', server.replicationId()],
    ['master_replid2', '0'.repeat(40)],
    ['master_repl_offset', 0],
    ['second_repl_offset', -1],
    ['repl_backlog_active', 0],
    ['repl_backlog_size', 1048576],
    ['repl_backlog_first_byte_offset', 0],
    ['repl_backlog_histlen', 0],
  ];
}

function cpuFields({ server }: Context): Fields {
  const { system, user } = server.facts.cpuSeconds?.() ?? { system: 0, user: 0 };
  return [
    ['used_cpu_sys', system.toFixed(6)],
    ['used_cpu_user', user.toFixed(6)],
    // The engine is one thread. Node's own, which collect and compile, are counted with it.
    ['used_cpu_sys_main_thread', system.toFixed(6)],
    ['used_cpu_user_main_thread', user.toFixed(6)],
  ];
}

function errorFields({ server }: Context): Fields {
  return [...server.stats.errors].sort().map(([code, count]) => [`errorstat_${code}`, `count=${count}`]);
}

function keyspaceFields({ keyspace, server }: Context): Fields {
  return keyspace.databases
    .filter((db) => db.size > 0)
    .map((db) => [
      `db${db.index}`,
      `keys=${db.size},expires=${db.deadlines.length},avg_ttl=${averageTtl(db, server.nowMs)}`,
    ]);
}

/** So many deadlines, spread over the heap, are enough for an average. */
const SAMPLES = 1000;

function averageTtl({ deadlines }: Database, nowMs: number): number {
  const samples = Math.min(SAMPLES, deadlines.length);
  if (samples === 0) return 0;
  let totalMs = 0;
  for (let i = 0; i < samples; i++) {
    totalMs += Math.max(0, deadlines.deadline(Math.floor((i * deadlines.length) / samples)) - nowMs);
  }
  return Math.floor(totalMs / samples);
}

function human(bytes: number): string {
  const units = ['K', 'M', 'G', 'T', 'P'];
  if (bytes < 1024) return `${bytes}B`;
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(2)}${units[power - 1]}`;
}
