/**
 * The picture of import cycles: one SVG for each knot, as text. Modules stand on a ring, imports are arrows between
 * them, those that are cheapest to cut are dashed. No styles and no scripts are in it: both come from files, which a strict
 * content security policy asks for. Pure, so that it can be tested without VS Code.
 */

import type { Knot, Place } from "./answers";
import { commonStart, withoutSeparator } from "./labels";

/** An import that closes a cycle. */
interface Arrow {
  readonly source: string;
  readonly target: string;
  readonly place: Place;
  /** The names that would have to move, where the cheapest cut goes through it. */
  readonly cut: readonly string[] | undefined;
}

export interface Picture {
  readonly html: string;
  /** Where a click on the element with `data-place="n"` goes. */
  readonly places: readonly Place[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Between neighbours on the ring, and the least radius. */
const STEP = 34;
const LEAST_RADIUS = 62;
/** What a letter of a label takes at most. */
const LETTER = 7;
/** How far an arrow goes beside the straight line at most. */
const BEND = 30;
const DOT = 6;

/** The body of the page. */
export function pictureOf(knots: readonly Knot[]): Picture {
  const places: Place[] = [];
  const drawn = [...knots].sort((a, b) => b.size - a.size).map((knot) => knotPicture(knot, places));
  const html = drawn.length === 0 ? "<p>No import cycles.</p>" : drawn.join("\n");
  return { html, places };
}

/** The modules in an order that follows imports where it can, so that arrows are short. */
export function ringOf(arrows: readonly Pick<Arrow, "source" | "target">[]): string[] {
  const next = new Map<string, string[]>();
  for (const { source, target } of arrows) {
    next.set(source, [...(next.get(source) ?? []), target]);
  }
  const seen = new Set<string>();
  for (const start of [...next.keys()].sort()) {
    const waiting = [start];
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      if (!seen.has(one)) {
        seen.add(one);
        waiting.push(...[...(next.get(one) ?? [])].sort().reverse());
      }
    }
  }
  return [...seen];
}

function arrowsOf(knot: Knot): Arrow[] {
  const found = new Map<string, Arrow>();
  for (const { cycle, places } of knot.findings) {
    for (const [step, place] of places.entries()) {
      const source = cycle[step % cycle.length] ?? "";
      const target = cycle[(step + 1) % cycle.length] ?? "";
      const cut = knot.cut.find((one) => one.source === source && one.target === target)?.names;
      const key = JSON.stringify([source, target]);
      if (!found.has(key)) {
        found.set(key, { source, target, place, cut });
      }
    }
  }
  return [...found.values()];
}

function knotPicture(knot: Knot, places: Place[]): string {
  const arrows = arrowsOf(knot);
  const ring = ringOf(arrows);
  const radius = Math.max(LEAST_RADIUS, (ring.length * STEP) / (2 * Math.PI));
  const centre = { x: 0, y: 0 };
  const at = new Map(ring.map((label, order) => [label, onRing(centre, radius, order / ring.length)] as const));
  const common = commonStart(ring);
  const brief = (label: string): string => label.slice(common.length);
  const groups = ring.map((label) => {
    const own = arrows.filter((arrow) => arrow.source === label);
    const place = own[0]?.place;
    return moduleGroup(label, brief(label), at.get(label) ?? centre, place, places) + own.map((arrow) => arrowGroup(arrow, at, centre, places)).join("");
  });
  const cut = knot.cut.map((one) => `${brief(one.source)} imports ${brief(one.target)}`).join("; ");
  const caption = `${common === "" ? "" : `In ${withoutSeparator(common)}: `}${knot.size} modules, ${arrows.length} imports${cut === "" ? "" : `. Cheapest to cut: ${cut}`}`;
  const size = sizeOf(new Map([...at].map(([label, point]) => [brief(label), point])));
  return `<figure><figcaption>${escaped(caption)}</figcaption>\n<svg ${size} role="group" aria-label="${escaped(caption)}">${MARKERS}${groups.join("\n")}</svg></figure>`;
}

const MARKERS = `<defs>${["head", "cut-head"].map((name) => `<marker id="${name}" class="${name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z"/></marker>`).join("")}</defs>`;

/** The attributes that make room for all dots, labels and arrows. */
function sizeOf(at: ReadonlyMap<string, Point>): string {
  const left = Math.min(...[...at].map(([label, { x }]) => (isLeft(x) ? x - room(label) : x - BEND)));
  const right = Math.max(...[...at].map(([label, { x }]) => (isLeft(x) ? x + BEND : x + room(label))));
  const ys = [...at.values()].map(({ y }) => y);
  const top = Math.min(...ys) - BEND;
  const [width, height] = [right - left, Math.max(...ys) + BEND - top].map(round);
  return `width="${width ?? ""}" height="${height ?? ""}" viewBox="${round(left)} ${round(top)} ${width ?? ""} ${height ?? ""}"`;
}

function room(label: string): number {
  return 22 + LETTER * label.length;
}

/** Whether a label stands to the left of its dot. The middle of the ring is where x is 0. */
function isLeft(x: number): boolean {
  return x < 0.5;
}

/** `share` of the way around, from the left on: two modules stand beside each other. */
function onRing(centre: Point, radius: number, share: number): Point {
  const angle = Math.PI + share * 2 * Math.PI;
  return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) };
}

function moduleGroup(label: string, shown: string, at: Point, place: Place | undefined, places: Place[]): string {
  const left = isLeft(at.x);
  const text = `<text x="${round(at.x + (left ? -12 : 12))}" y="${round(at.y + 4)}" text-anchor="${left ? "end" : "start"}">${escaped(shown)}</text>`;
  const target = place === undefined ? "" : ` data-place="${places.push({ ...place, range: START }) - 1}"`;
  return `<g class="module" tabindex="0" role="link" data-module="${escaped(label)}"${target} aria-label="${escaped(label)}"><title>${escaped(label)}</title><circle cx="${round(at.x)}" cy="${round(at.y)}" r="${DOT}"/>${text}</g>`;
}

const START = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function arrowGroup(arrow: Arrow, at: ReadonlyMap<string, Point>, centre: Point, places: Place[]): string {
  const from = at.get(arrow.source) ?? centre;
  const to = at.get(arrow.target) ?? centre;
  const path = curve(from, to);
  const names = arrow.cut === undefined ? "" : `, cheapest to cut${arrow.cut.length > 0 ? ` (${arrow.cut.join(", ")})` : ""}`;
  const label = `${arrow.source} imports ${arrow.target}${names}`;
  const cut = arrow.cut !== undefined;
  return `<g class="import${cut ? " cut" : ""}" tabindex="-1" role="link" data-source="${escaped(arrow.source)}" data-target="${escaped(arrow.target)}" data-place="${places.push(arrow.place) - 1}" aria-label="${escaped(label)}"><title>${escaped(label)}</title><path class="touch" d="${path}"/><path class="line" d="${path}" marker-end="url(#${cut ? "cut-head" : "head"})"/></g>`;
}

/** From dot to dot, bent to its right, so that the arrow back takes another way. */
function curve(from: Point, to: Point): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [along, across] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const bend = Math.min(BEND, length / 5);
  const middle = { x: (from.x + to.x) / 2 - across * bend, y: (from.y + to.y) / 2 + along * bend };
  const start = towards(from, middle, DOT + 2);
  const end = towards(to, middle, DOT + 3);
  return `M${round(start.x)} ${round(start.y)}Q${round(middle.x)} ${round(middle.y)} ${round(end.x)} ${round(end.y)}`;
}

function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) / length) * distance, y: from.y + ((to.y - from.y) / length) * distance };
}

function round(value: number): string {
  return (Math.round(value * 10) / 10).toString();
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Names of modules come from others. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
}
