// A text with its marks, as elements. Places are bytes of the whole text; the page may hold only pieces of it.

const HUES = 6;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Numbers shown where several passages begin at one place. */
const CHIPS = 4;

/**
 * The elements of a text. A mark has `start` and `end`, its number `n` (from 1), and a `class`: "passage" or "word". Where
 * marks overlap, the one of the least number is shown.
 */
function marked(excerpt, marks, partner) {
  const made = document.createDocumentFragment();
  let shown = 0;
  for (const piece of excerpt.pieces) {
    if (piece.at > shown) made.append(leftOut(piece.at - shown));
    const bytes = encoder.encode(piece.text);
    made.append(segments(bytes, piece.at, marks, partner));
    shown = piece.at + bytes.length;
  }
  if (excerpt.bytes > shown) made.append(leftOut(excerpt.bytes - shown));
  return made;
}

const leftOut = (bytes) =>
  element("span", { className: "left-out" }, `${counted(bytes, "byte")} not in this page`);

function segments(bytes, at, marks, partner) {
  const end = at + bytes.length;
  const within = marks.filter((mark) => mark.end > at && mark.start < end).sort((a, b) => a.start - b.start || a.n - b.n);
  const cuts = new Set([at, end]);
  for (const mark of within) cuts.add(Math.max(at, mark.start)).add(Math.min(end, mark.end));
  const places = [...cuts].sort((a, b) => a - b);
  const made = document.createDocumentFragment();
  let [open, next, last] = [[], 0, null];
  for (let i = 0; i + 1 < places.length; i++) {
    const [from, to] = [places[i], places[i + 1]];
    open = open.filter((mark) => mark.end > from);
    const begin = [];
    while (next < within.length && Math.max(at, within[next].start) <= from) begin.push(within[next++]);
    open.push(...begin);
    const text = visible(decoder.decode(bytes.subarray(from - at, to - at)));
    last = passage(made, last, open, begin, partner);
    (last?.element ?? made).append(word(text, open, begin));
  }
  return made;
}

const least = (marks) => (marks.length ? marks.reduce((a, b) => (b.n < a.n ? b : a)) : null);
const ofClass = (marks, name) => marks.filter((mark) => mark.class === name);

/** The element of the passage that goes through here: the last one where it goes on, or a new one. */
function passage(made, last, open, begin, partner) {
  const shown = least(ofClass(open, "passage"));
  if (!shown) return null;
  const goesOn = last?.shown === shown;
  const marked = goesOn ? last.element : element("mark", { className: `hue-${shown.n % HUES}`, "data-n": `passage-${shown.n}` });
  if (!goesOn) made.append(marked);
  const starting = ofClass(begin, "passage");
  marked.append(...starting.slice(0, CHIPS).map((mark) => chip(mark, partner)));
  if (starting.length > CHIPS) marked.append(element("span", { className: "more" }, `+${starting.length - CHIPS}`));
  return { shown, element: marked };
}

/** A stretch of text, marked as a shared word where it is of one. */
function word(text, open, begin) {
  const shown = least(ofClass(open, "word"));
  if (!shown) return text;
  const made = element("span", { className: "word", "data-n": `word-${shown.n}` }, text);
  if (begin.includes(shown)) made.tabIndex = -1;
  return made;
}

/** The number at the beginning of a passage: a button that goes to the other place. */
const chip = (mark, partner) =>
  element("button", { type: "button", className: "chip", "data-chip": mark.n, "aria-label": `Passage ${mark.n}: ${partner}` }, String(mark.n));
