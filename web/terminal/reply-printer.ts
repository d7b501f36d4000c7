import { utf8Decode } from '../../engine/memory/bytes.ts';
import { itemsOf, textOf } from '../../engine/client/reply.ts';
import type { Reply } from '../../engine/client/reply.ts';
import { inert } from './inert.ts';
import { quote } from './quoting.ts';
import { span } from './spans.ts';
import type { Role, Span } from './spans.ts';

export interface PrintLimits {
  /** Past this many lines the rest is counted, not shown. */
  readonly lines: number;
  /** Past this many bytes of one string the rest is counted, not shown. */
  readonly bytes: number;
}

const NO_LIMITS: PrintLimits = { lines: Infinity, bytes: Infinity };

/** A reply as redis-cli 7.0 prints it to a person, each line with its end. */
export function printReply(reply: Reply, limits: PrintLimits = NO_LIMITS): Span[] {
  const printer = new Printer(limits);
  printer.print(reply, '');
  return printer.finish();
}

/** A reply whose text is meant to be read as it stands (INFO, CLIENT LIST): unquoted, and inert all the same. */
export function printText(reply: Reply, limits: PrintLimits = NO_LIMITS): Span[] {
  if (reply.type !== 'bulk' && reply.type !== 'verbatim') return printReply(reply, limits);
  const lines = inert(utf8Decode(reply.bytes.subarray(0, limits.bytes)))
    .replace(/\n$/, '')
    .split('\n');
  const shown = lines.slice(0, limits.lines).join('\n');
  const spans = shown === '' ? [] : [span(`${shown}\n`)];
  const missing = reply.bytes.length - limits.bytes;
  if (missing > 0) spans.push(span(`(${count(missing)} more bytes are not shown)\n`, 'muted'));
  else if (lines.length > limits.lines)
    spans.push(span(`(${count(lines.length - limits.lines)} more lines are not shown)\n`, 'muted'));
  return spans;
}

/** A message that no command asked for. */
export function printPush(reply: Reply, limits: PrintLimits = NO_LIMITS): Span[] {
  const [kind, keys] = itemsOf(reply);
  if (textOf(kind) !== 'invalidate') return printReply(reply, limits);
  const names = itemsOf(keys).map(
    (key) => `'${key.type === 'bulk' ? quote(key.bytes).slice(1, -1) : inert(textOf(key) ?? '')}'`,
  );
  // Without keys the server forgot them all: FLUSHALL, FLUSHDB.
  return [span('-> invalidate: ', 'push'), span(`${names.length > 0 ? names.join(', ') : 'all keys'}\n`)];
}

class Printer {
  private readonly spans: Span[] = [];
  private readonly limits: PrintLimits;
  private lines = 0;
  /** How many values were left out, not counting what they contain. */
  private omitted = 0;

  constructor(limits: PrintLimits) {
    this.limits = limits;
  }

  /** Prints the reply and a line end. `indent` stands before all but the first of its lines. */
  print(reply: Reply, indent: string): void {
    if (reply.attributes?.length) this.printAttributes(reply, indent);
    switch (reply.type) {
      case 'status':
        return this.line(inert(reply.text));
      case 'error':
        return this.line(`(error) ${inert(reply.text)}`, 'error');
      case 'integer':
        return this.tagged('(integer)', String(reply.value));
      case 'double':
        return this.tagged('(double)', reply.text);
      case 'big-number':
        return this.tagged('(big number)', reply.text);
      case 'null':
        return this.line('(nil)', 'muted');
      case 'boolean':
        return this.line(reply.value ? '(true)' : '(false)', 'muted');
      case 'bulk':
        return this.quoted(reply.bytes);
      case 'verbatim':
        return this.line(inert(utf8Decode(reply.bytes.subarray(0, this.limits.bytes))));
      case 'map':
        return this.aggregate(reply.pairs, '#', '(empty hash)', indent, ([key, value], inner) => {
          this.print(key, inner);
          this.joinLines(' => ');
          this.printBelow(value, inner);
        });
      default:
        return this.aggregate(reply.items, reply.type === 'set' ? '~' : ')', EMPTY[reply.type], indent, (item, inner) =>
          this.print(item, inner),
        );
    }
  }

  finish(): Span[] {
    if (this.omitted > 0) this.spans.push(span(`(${count(this.omitted)} more are not shown)\n`, 'muted'));
    return this.spans;
  }

  private aggregate<Item>(
    items: readonly Item[],
    mark: string,
    empty: string,
    indent: string,
    printItem: (item: Item, indent: string) => void,
  ): void {
    if (items.length === 0) return this.line(empty, 'muted');
    const digits = String(items.length).length;
    const inner = indent + ' '.repeat(digits + 2);
    for (const [i, item] of items.entries()) {
      if (this.lines >= this.limits.lines) {
        this.omitted += items.length - i;
        return;
      }
      const number = String(i + 1).padStart(digits);
      this.spans.push(span(`${i === 0 ? '' : indent}${number}${mark} `, 'muted'));
      printItem(item, inner);
    }
  }

  /** A value of several lines begins on a line of its own, under its key. */
  private printBelow(value: Reply, indent: string): void {
    const { lines } = this;
    const at = this.spans.length;
    this.print(value, indent);
    if (this.lines - lines > 1) this.spans.splice(at, 0, span(`\n${indent}`));
  }

  /** What is said about a reply beside it; redis-cli 7.0 has no print for it. */
  private printAttributes(reply: Reply, indent: string): void {
    for (const [key, value] of reply.attributes ?? []) {
      this.spans.push(span('| ', 'muted'));
      this.print(key, indent);
      this.joinLines(' => ');
      this.print(value, indent);
      this.spans.push(span(indent));
    }
  }

  private quoted(bytes: Uint8Array): void {
    const { limits } = this;
    if (bytes.length <= limits.bytes) return this.line(quote(bytes));
    this.spans.push(span(`${quote(bytes.subarray(0, limits.bytes))}…`));
    this.line(` (${count(bytes.length - limits.bytes)} more bytes are not shown)`, 'muted');
  }

  private tagged(tag: string, text: string): void {
    this.spans.push(span(`${tag} `, 'muted'));
    this.line(inert(text));
  }

  private line(text: string, role: Role = 'plain'): void {
    this.spans.push(span(`${text}\n`, role));
    this.lines++;
  }

  /** Takes the last line end back: a map's key and its value share a line. */
  private joinLines(mark: string): void {
    const last = this.spans.pop();
    if (last) this.spans.push({ ...last, text: last.text.replace(/\n$/, '') });
    this.spans.push(span(mark, 'muted'));
    this.lines--;
  }
}

const EMPTY = { array: '(empty array)', set: '(empty set)', push: '(empty push)' } as const;

function count(number: number): string {
  return number.toLocaleString('en-US');
}
