/**
 * Settings that a redis.conf may hold and Vitrine does not have. Most of them tune what is not there, or what works
 * without tuning, and can be left aside with a word. A few promise something, safety above all: to start without it
 * would be to break that promise in silence.
 */

const LEFT_ASIDE = [
  /^(acllog|active|busy|crash|dynamic|io-threads|jemalloc|lazyfree|list|hash|zset|set)-/,
  /^(lua|oom|rdb|repl|replica|slave|min-replicas|min-slaves|shutdown|socket-mark|stream|syslog)-/,
  /^(activedefrag|always-show-logo|auto-aof-rewrite-.+|aof-(disable|rewrite|timestamp|use)-.+|bind-source-addr)$/,
  /^(aof_rewrite|bgsave|bio|server)_cpulist$/,
  /^cluster-(?!enabled$)/,
  /^(daemonize|disable-thp|ignore-warnings|logfile|loglevel|maxmemory-clients)$/,
  /^(no-appendfsync-on-rewrite|pidfile|proc-title-template|propagation-error-behavior)$/,
  /^(rdbchecksum|rdbcompression|sanitize-dump-payload|stop-writes-on-bgsave-error|supervised|enable-module-command)$/,
  /^(unixsocketperm|acl-pubsub-default|masteruser)$/,
  /^tls-(?!port$)/,
];

const REFUSED: Readonly<Record<string, string>> = {
  aclfile: 'users and their rights',
  user: 'users and their rights',
  'rename-command': 'renamed commands',
  loadmodule: 'modules',
  masterauth: 'replication',
  replicaof: 'replication',
  slaveof: 'replication',
  'cluster-enabled': 'the cluster',
  'tls-port': 'TLS',
  unixsocket: 'Unix sockets',
};

/** What switches a refused setting off, so that a file which names it only to say "no" is welcome. */
const OFF = new Set(['no', '0', '', 'no one']);

/** `null`: no such setting; otherwise why it cannot be had, or that it is left aside. */
export function foreignSetting(name: string, value: string): { readonly refused: string | null } | null {
  if (Object.hasOwn(REFUSED, name)) return { refused: OFF.has(value.toLowerCase()) ? null : REFUSED[name] };
  return LEFT_ASIDE.some((pattern) => pattern.test(name)) ? { refused: null } : null;
}
