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
    made.append(...segments(bytes, piece.at, marks, partner));
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
  const made = [];
  let open = [];
  let next = 0;
  for (let i = 0; i + 1 < places.length; i++) {
    const [from, to] = [places[i], places[i + 1]];
    open = open.filter((mark) => mark.end > from);
    const begin = [];
    while (next < within.length && Math.max(at, within[next].start) <= from) begin.push(within[next++]);
    open.push(...begin);
    const text = visible(decoder.decode(bytes.subarray(from - at, to - at)));
    made.push(open.length === 0 ? text : segment(text, open, begin, partner));
  }
  return made;
}

/** One stretch of text that the same marks hold. */
function segment(text, open, begin, partner) {
  const passages = open.filter((mark) => mark.class === "passage");
  const shown = (passages.length ? passages : open).reduce((a, b) => (b.n < a.n ? b : a));
  const made = element(shown.class === "passage" ? "mark" : "span", {
    className: `${shown.class} hue-${shown.n % HUES}`,
    "data-n": `${shown.class}-${shown.n}`,
  });
  const starting = begin.filter((mark) => mark.class === "passage");
  made.append(...starting.slice(0, CHIPS).map((mark) => chip(mark, partner)));
  if (starting.length > CHIPS) made.append(element("span", { className: "more" }, `+${starting.length - CHIPS}`));
  if (begin.includes(shown) && shown.class === "word") made.tabIndex = -1;
  made.append(text);
  return made;
}

/** The number at the beginning of a passage: a button that goes to the other place. */
const chip = (mark, partner) =>
  element("button", { type: "button", className: "chip", "data-chip": mark.n, "aria-label": `Passage ${mark.n}: ${partner}` }, String(mark.n));
