/**
 * The one place where glyphs become SVG: a keyed join, so that what stays the same thing stays the same element, and
 * transitions, so that it goes from where it was to where it is. Every draw may interrupt the one before it.
 */
import { easeCubicInOut, interpolateArray, interrupt, select, type BaseType, type Selection } from 'd3';

import { icons } from './icons.ts';
import type { AnyGlyph, Arrow, Badge, Cell, Label, Part, Scene, Target } from './scene.ts';

export interface Motion {
  readonly milliseconds: number;
  /** Nothing moves: things stand where they are, and a trace of where they were stays for one beat. */
  readonly isStill: boolean;
}

export interface StageView {
  draw(scene: Scene, motion: Motion): void;
  destroy(): void;
}

export interface StageEvents {
  onpick(target: Target): void;
  onhover(target: Target | null): void;
}

/** What one draw has to know besides its glyphs. */
interface Drawing {
  readonly id: string;
  readonly milliseconds: number;
  /** What was drawn last, by key. */
  readonly before: ReadonlyMap<string, AnyGlyph>;
}

type Group = Selection<SVGGElement, AnyGlyph, BaseType, unknown>;

/** From back to front. */
const LAYERS = ['arrow', 'cell', 'label', 'badge'] as const;

/** `id` begins the names of the picture's own patterns and markers: `-hatch-free`, `-head-lit` and so on. */
export function createStage(svg: SVGSVGElement, id: string, events: StageEvents): StageView {
  const root = select(svg);
  const layers = new Map(LAYERS.map((shape) => [shape, root.append('g').attr('class', `layer-${shape}`)]));
  const ghosts = root.insert('g', ':first-child').attr('class', 'layer-ghost');
  let before = new Map<string, AnyGlyph>();

  const targetAt = (event: Event): Target | null => {
    const element = event.target instanceof Element ? event.target.closest('.has-target') : null;
    if (!element) return null;
    const glyph = select<Element, AnyGlyph>(element).datum();
    return glyph.shape === 'cell' ? (glyph.target ?? null) : null;
  };
  root.on('click', (event: Event) => {
    const target = targetAt(event);
    if (target) events.onpick(target);
  });
  root.on('pointerover', (event: Event) => events.onhover(targetAt(event)));
  root.on('pointerleave', () => events.onhover(null));

  return {
    draw(scene, motion) {
      root.attr('width', scene.width).attr('height', scene.height);
      const isFirst = before.size === 0;
      const milliseconds = motion.isStill || isFirst ? 0 : motion.milliseconds;
      drawGhosts(ghosts, motion.isStill ? movedCells(before, scene) : []);
      const drawing: Drawing = { id, milliseconds, before };
      for (const shape of LAYERS) {
        const glyphs = scene.glyphs.filter((glyph) => glyph.shape === shape);
        const layer = layers.get(shape);
        if (layer) join(layer, glyphs, drawing);
      }
      before = new Map(scene.glyphs.map((glyph) => [glyph.key, glyph]));
    },
    destroy() {
      root.on('click', null).on('pointerover', null).on('pointerleave', null);
      for (const layer of [ghosts, ...layers.values()]) {
        layer.selectAll<SVGElement, unknown>('*').each(function () {
          for (const name of ['move', 'size', 'line']) interrupt(this, name);
        });
        layer.remove();
      }
    },
  };
}

/** Lit cells that stand elsewhere than they did. */
function movedCells(before: ReadonlyMap<string, AnyGlyph>, scene: Scene): { was: Cell; is: Cell }[] {
  return scene.glyphs.flatMap((is) => {
    const was = before.get(is.key);
    if (is.shape !== 'cell' || was?.shape !== 'cell' || !is.isLit) return [];
    return Math.hypot(is.x - was.x, is.y - was.y) > 4 ? [{ was, is }] : [];
  });
}

function drawGhosts(
  layer: Selection<SVGGElement, unknown, null, undefined>,
  moved: readonly { was: Cell; is: Cell }[],
): void {
  layer
    .selectAll('rect')
    .data(moved)
    .join('rect')
    .attr('class', 'ghost')
    .attr('x', ({ was }) => was.x)
    .attr('y', ({ was }) => was.y)
    .attr('width', ({ was }) => was.width)
    .attr('height', ({ was }) => was.height)
    .attr('rx', 3);
  layer
    .selectAll('path')
    .data(moved)
    .join('path')
    .attr('class', 'ghost')
    .attr(
      'd',
      ({ was, is }) =>
        `M${was.x + was.width / 2},${was.y + was.height / 2}L${is.x + is.width / 2},${is.y + is.height / 2}`,
    );
}

function join(
  layer: Selection<SVGGElement, unknown, null, undefined>,
  glyphs: readonly AnyGlyph[],
  drawing: Drawing,
): void {
  const { milliseconds, before } = drawing;
  const joined = layer
    .selectChildren<SVGGElement, AnyGlyph>('g')
    .data(glyphs, (glyph) => glyph.key)
    .join(
      (enter) => {
        const fresh = enter.append('g').attr('opacity', milliseconds > 0 ? 0 : 1);
        fresh.attr('transform', (glyph) => placeOf(glyph, milliseconds > 0));
        return fresh;
      },
      (update) => update,
      (exit) => {
        if (milliseconds === 0) return exit.interrupt('move').remove();
        exit.transition('move').duration(milliseconds).attr('opacity', 0).remove();
        return exit;
      },
    );
  // What stays as it is costs nothing: of a thousand glyphs a step changes three. One that is still on its way goes on.
  const changed = joined.filter((glyph) => !sameGlyph(before.get(glyph.key), glyph));
  // The children are made at once; what moves is the group.
  changed.attr('class', classOf).each(function (glyph) {
    fill(select<SVGGElement, AnyGlyph>(this), glyph, drawing);
  });
  if (milliseconds === 0) {
    changed
      .interrupt('move')
      .attr('opacity', 1)
      .attr('transform', (glyph) => placeOf(glyph, false));
    return;
  }
  changed.filter((glyph) => isLit(glyph) && before.has(glyph.key)).raise();
  changed
    .transition('move')
    .duration(milliseconds)
    .ease(easeCubicInOut)
    .attr('opacity', 1)
    .attr('transform', (glyph) => placeOf(glyph, false));
}

function sameGlyph(a: AnyGlyph | undefined, b: AnyGlyph): boolean {
  return a !== undefined && sameFields(a, b);
}

/** Equal in every field; glyphs are flat but for short lists. */
function sameFields(a: object, b: object): boolean {
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  return left.every(([name, value]) => {
    const other: unknown = (b as Record<string, unknown>)[name];
    if (typeof value !== 'object' || value === null) return value === other;
    return typeof other === 'object' && other !== null && sameFields(value as object, other);
  });
}

function isLit(glyph: AnyGlyph): boolean {
  return (glyph.shape === 'cell' || glyph.shape === 'arrow') && glyph.isLit === true;
}

function placeOf(glyph: AnyGlyph, isEntering: boolean): string {
  if (glyph.shape === 'arrow') return 'translate(0,0)';
  const [x, y] = glyph.shape === 'cell' && isEntering && glyph.from ? glyph.from : [glyph.x, glyph.y];
  return `translate(${x},${y})`;
}

function classOf(glyph: AnyGlyph): string {
  const names = ['glyph', glyph.shape, `tone-${glyph.tone}`];
  if (isLit(glyph)) names.push('is-lit');
  if ((glyph.shape === 'cell' || glyph.shape === 'arrow') && glyph.isDashed) names.push('is-dashed');
  if (glyph.shape === 'label' && glyph.isMono) names.push('is-mono');
  if (glyph.shape === 'label' && glyph.isStrong) names.push('is-strong');
  if (glyph.shape === 'badge' && (glyph.icon === 'tick' || glyph.icon === 'cross') && glyph.text === '')
    names.push('has-disc');
  if (glyph.shape !== 'cell') return names.join(' ');
  if (glyph.isFaint) names.push('is-faint');
  if (glyph.isSelected) names.push('is-selected');
  if (glyph.isFocused) names.push('is-focused');
  if (glyph.mark) names.push(`mark-${glyph.mark}`);
  if (glyph.target) names.push('has-target');
  return names.join(' ');
}

function fill(group: Group, glyph: AnyGlyph, drawing: Drawing): void {
  switch (glyph.shape) {
    case 'cell':
      return fillCell(group, glyph, drawing);
    case 'arrow':
      return fillArrow(group, glyph, drawing);
    case 'label':
      return fillLabel(group, glyph);
    case 'badge':
      return fillBadge(group, glyph);
  }
}

/** The child of its kind, made when it is missing. Order matters: what is made later lies above. */
function child(group: Group, name: string, className: string): Selection<SVGElement, unknown, null, undefined> {
  const node = group.node();
  const found = node?.querySelector<SVGElement>(`:scope > .${className}`) ?? null;
  if (found) return select(found);
  return group.append<SVGElement>(name).attr('class', className) as unknown as Selection<
    SVGElement,
    unknown,
    null,
    undefined
  >;
}

function fillCell(group: Group, cell: Cell, { id, milliseconds }: Drawing): void {
  sized(child(group, 'rect', 'body'), cell, 0, milliseconds).attr('rx', Math.min(3, cell.height / 4));
  let x = 0;
  const placed = cell.parts.map((part) => {
    const at = { part, x };
    x += part.width;
    return at;
  });
  group
    .selectChildren<SVGGElement, { part: Part; x: number }>('.part')
    .data(placed)
    .join((enter) => {
      const part = enter.append('g').attr('class', 'part');
      part.append('rect');
      part.append('text').attr('dominant-baseline', 'central');
      return part;
    })
    .attr('class', ({ part }) => `part tone-${part.tone}${part.isEmpty ? ' is-empty' : ''}`)
    .each(function ({ part, x: at }, index) {
      const own = select(this);
      own
        .select('rect')
        .attr('x', at + 1)
        .attr('y', 1)
        .attr('width', Math.max(0, part.width - (index === cell.parts.length - 1 ? 2 : 1)))
        .attr('height', Math.max(0, cell.height - 2));
      own
        .select('text')
        .attr('x', part.isLeft ? at + 9 : at + part.width / 2)
        .attr('text-anchor', part.isLeft ? 'start' : 'middle')
        .attr('y', cell.height / 2)
        .attr('font-size', cell.fontSize)
        .text(part.text);
    });
  const hatch = group.selectChildren<SVGRectElement, unknown>('.hatch').data(cell.isHatched ? [cell] : []);
  hatch
    .join('rect')
    .attr('class', 'hatch')
    .attr('width', cell.width)
    .attr('height', cell.height)
    .attr('fill', `url(#${id}-hatch-${cell.tone === 'migrating' ? 'migrating' : 'free'})`);
  // Outside the cell, so that a cell may be lit, selected and marked at once and each can be seen.
  sized(child(group, 'rect', 'ring'), cell, 3, milliseconds).attr('rx', 5);
  group
    .selectChildren<SVGTitleElement, string>('title')
    .data(cell.title ? [cell.title] : [])
    .join('title')
    .text((text) => text);
  group
    .selectChildren<SVGTextElement, string>('.verdict')
    .data(cell.mark ? [cell.mark] : [])
    .join('text')
    .attr('class', 'verdict')
    // On the corner: beside the cell, the chain begins.
    .attr('x', cell.width + 1)
    .attr('y', 0)
    .attr('text-anchor', 'middle')
    .attr('dominant-baseline', 'central')
    .attr('font-size', 16)
    .text((mark) => (mark === 'right' ? '✓' : mark === 'wrong' ? '✕' : '?'));
}

function sized(
  rect: Selection<SVGElement, unknown, null, undefined>,
  cell: Cell,
  out: number,
  milliseconds: number,
): Selection<SVGElement, unknown, null, undefined> {
  const isFresh = rect.attr('width') === null;
  rect.attr('x', -out).attr('y', -out);
  const width = cell.width + 2 * out;
  const height = cell.height + 2 * out;
  if (milliseconds === 0 || isFresh) rect.interrupt('size').attr('width', width).attr('height', height);
  else rect.transition('size').duration(milliseconds).ease(easeCubicInOut).attr('width', width).attr('height', height);
  return rect;
}

function fillArrow(group: Group, arrow: Arrow, { id, milliseconds }: Drawing): void {
  const path = child(group, 'path', 'line');
  path.attr('marker-end', arrow.hasHead ? `url(#${id}-head-${arrow.isLit ? 'lit' : 'plain'})` : null);
  const node = path.node();
  if (!node) return;
  const was = lines.get(node);
  lines.set(node, arrow.line);
  if (!was || milliseconds === 0) {
    path.interrupt('line').attr('d', pathOf(arrow.line, arrow));
    return;
  }
  const between = interpolateArray([...was], [...arrow.line]);
  path
    .transition('line')
    .duration(milliseconds)
    .ease(easeCubicInOut)
    .attrTween('d', () => (progress) => pathOf(between(progress) as unknown as Arrow['line'], arrow));
}

/** Where each line was last told to go. */
const lines = new WeakMap<SVGElement, Arrow['line']>();

/** A straight line, or one that bends: half-way in a gentle S, as a branch of a tree, or round a corner. */
function pathOf([x1, y1, x2, y2]: Arrow['line'], { isDown, elbowX }: Arrow): string {
  if (Math.abs(y1 - y2) < 0.5 || Math.abs(x1 - x2) < 0.5) return `M${x1},${y1}L${x2},${y2}`;
  if (elbowX !== undefined) {
    const bend = Math.min(8, Math.abs(y2 - y1) / 2, Math.abs(x2 - elbowX));
    const way = y2 > y1 ? bend : -bend;
    return `M${x1},${y1}H${elbowX - bend}Q${elbowX},${y1} ${elbowX},${y1 + way}V${y2 - way}Q${elbowX},${y2} ${elbowX + bend},${y2}H${x2}`;
  }
  if (isDown) {
    const half = (y1 + y2) / 2;
    return `M${x1},${y1}C${x1},${half} ${x2},${half} ${x2},${y2}`;
  }
  const half = (x1 + x2) / 2;
  return `M${x1},${y1}C${half},${y1} ${half},${y2} ${x2},${y2}`;
}

function fillLabel(group: Group, label: Label): void {
  child(group, 'text', 'text')
    .attr('text-anchor', label.anchor ?? 'start')
    .attr('dominant-baseline', 'central')
    .attr('font-size', label.fontSize)
    .text(label.text);
}

function fillBadge(group: Group, badge: Badge): void {
  child(group, 'circle', 'disc').attr('r', badge.fontSize * 0.62);
  child(group, 'path', 'icon')
    .attr('d', icons[badge.icon])
    .attr('transform', `scale(${badge.fontSize / 14})`);
  child(group, 'text', 'text')
    .attr('x', badge.fontSize * 0.95)
    .attr('dominant-baseline', 'central')
    .attr('font-size', badge.fontSize)
    .text(badge.text);
}
