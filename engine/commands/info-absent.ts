/**
 * Fields of INFO about what there is not here: forks, scripts, replicas, threads, snapshots. Tools read them all the same
 * and take a missing one for a fault, so each is told, as Redis tells it while it has none of that either.
 */
type Fields = readonly (readonly [name: string, value: string | number])[];

function zeros(...names: string[]): Fields {
  return names.map((name) => [name, 0]);
}

export const ABSENT: Readonly<Record<string, Fields | undefined>> = {
  server: [['redis_git_sha1', '00000000'], ...zeros('redis_git_dirty', 'io_threads_active')],
  memory: [
    ...zeros('used_memory_lua', 'used_memory_vm_eval', 'used_memory_scripts_eval', 'number_of_cached_scripts'),
    ...zeros('number_of_functions', 'number_of_libraries', 'used_memory_vm_functions', 'used_memory_vm_total'),
    ...zeros('used_memory_functions', 'used_memory_scripts'),
    ['used_memory_lua_human', '0B'],
    ['used_memory_vm_total_human', '0B'],
    ['used_memory_scripts_human', '0B'],
    ...zeros('mem_not_counted_for_evict', 'mem_replication_backlog', 'mem_total_replication_buffers'),
    ...zeros('mem_clients_slaves', 'mem_cluster_links', 'mem_aof_buffer', 'active_defrag_running'),
    ...zeros('lazyfree_pending_objects', 'lazyfreed_objects'),
  ],
  persistence: [
    ...zeros('current_cow_peak', 'current_cow_size', 'current_cow_size_age'),
    ['current_fork_perc', '0.00'],
    ...zeros('current_save_keys_processed', 'current_save_keys_total', 'rdb_saves', 'rdb_last_cow_size'),
    ['rdb_last_bgsave_time_sec', -1],
    ['rdb_current_bgsave_time_sec', -1],
    ...zeros('rdb_last_load_keys_expired', 'rdb_last_load_keys_loaded', 'aof_rewrites', 'aof_last_cow_size'),
    ['aof_last_rewrite_time_sec', -1],
    ['aof_current_rewrite_time_sec', -1],
    ['aof_last_bgrewrite_status', 'ok'],
    ...zeros('aof_rewrites_consecutive_failures', 'module_fork_in_progress', 'module_fork_last_cow_size'),
  ],
  stats: [
    ...zeros('total_net_repl_input_bytes', 'total_net_repl_output_bytes'),
    ['instantaneous_input_repl_kbps', '0.00'],
    ['instantaneous_output_repl_kbps', '0.00'],
    ...zeros(
      'sync_full',
      'sync_partial_ok',
      'sync_partial_err',
      'migrate_cached_sockets',
      'slave_expires_tracked_keys',
    ),
    ...zeros('latest_fork_usec', 'total_forks', 'expired_time_cap_reached_count', 'expire_cycle_cpu_milliseconds'),
    ...zeros('total_eviction_exceeded_time', 'current_eviction_exceeded_time'),
    ...zeros('active_defrag_hits', 'active_defrag_misses', 'active_defrag_key_hits', 'active_defrag_key_misses'),
    ...zeros('total_active_defrag_time', 'current_active_defrag_time'),
    ...zeros('unexpected_error_replies', 'dump_payload_sanitizations', 'reply_buffer_shrinks', 'reply_buffer_expands'),
    ...zeros('io_threaded_reads_processed', 'io_threaded_writes_processed'),
  ],
  cpu: ['used_cpu_sys_children', 'used_cpu_user_children'].map((name) => [name, '0.000000']),
};
