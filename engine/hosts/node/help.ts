export const HELP = `Vitrine, a Redis you can see through.

Usage: vitrine [redis.conf | -] [--setting value …]

  redis.conf            reads settings from a file, one on a line; - reads them from the standard input
  --setting value       the same settings on the command line; they win over the file's

Where it listens
  --port 6380           for redis-cli and every Redis client; 0 switches it off
  --http-port 8080      for the page in a browser; 0 switches it off
  --bind 127.0.0.1      addresses to listen on, several in quotes or in a row; * for all of them
  --requirepass WORD    clients must say AUTH WORD first
  --protected-mode yes  without a password, serve only clients on this machine

What it keeps
  --appendonly no       yes writes every change to a log, and reads it back at the next start
  --dir .               where the log's directory lies
  --appendfsync everysec  always: an answered write is on the disk; everysec: two seconds may be lost; no: the system decides

Limits and the rest
  --maxclients 10000  --timeout 0  --databases 16  --proto-max-bulk-len 512mb
  --hash-function halfsiphash   or fnv1a, murmur3, sum: for looking at, as these can be flooded
  --enable-debug-command no     yes allows DEBUG

  -v, --version         prints the version
  -h, --help            prints this

Examples
  vitrine
  vitrine --port 7000 --appendonly yes --dir /var/lib/vitrine --appendfsync always
  vitrine /etc/redis/redis.conf --port 0
  echo 'port 7000' | vitrine -
`;
