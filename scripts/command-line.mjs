// The words behind a script's name.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * Options as `parseArgs` takes them, and what stands between them as `words`. A script's first comment is its help: it is printed
 * for `--help`, and below what is wrong for whatever the script does not know.
 */
export function readCommandLine(url, options, { allowPositionals = false } = {}) {
  try {
    const { values, positionals } = parseArgs({
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals,
    });
    if (!values.help) return { ...values, words: positionals };
  } catch (error) {
    console.error(`\n${error.message}\n\n${helpOf(url)}`);
    process.exit(1);
  }
  console.log(helpOf(url));
  process.exit(0);
}

function helpOf(url) {
  const lines = readFileSync(fileURLToPath(url), 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join('\n');
}
