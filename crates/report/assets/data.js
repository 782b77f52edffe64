// The data of the page, and how values become elements. Nothing here or below makes markup of a text: text is only ever set
// as text.

const report = JSON.parse(document.getElementById("data").textContent);
// A map, for ids may be called "constructor".
const texts = new Map(Object.entries(report.texts));

const byId = (id) => document.getElementById(id);

/** An element with properties, attributes (those with a hyphen, and role), and children: elements or strings. */
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key === "on") for (const [event, handler] of Object.entries(value)) made.addEventListener(event, handler);
    else if (key.includes("-") || key === "role" || key === "for") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const code = (character) => character.codePointAt(0);

/** A text with control characters shown, and with those that turn the direction of what follows. */
function visible(text) {
  return text.replace(/\r\n/g, "\n").replace(HIDDEN, (character) => {
    const value = code(character);
    if (value < 0x20) return String.fromCharCode(0x2400 + value);
    if (value === 0x7f) return "\u2421";
    return `[U+${value.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

/** The same for one line: an id, a reason. */
const line = (text) => visible(text).replace(/[\n\t]/g, (character) => (character === "\n" ? "\u240a" : "\u2409"));

/** An id, in the direction of its own script. */
const name = (id) => element("bdi", { className: "id", dir: "auto", title: line(id) }, line(id));

const counted = (count, one, many = `${one}s`) => `${grouped(count)} ${count === 1 ? one : many}`;
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");
const decimal = (value) => (typeof value === "number" ? value.toFixed(3) : "–");
const percent = (share) => (typeof share === "number" ? `${Math.round(100 * share)}\u00a0%` : "–");

/** Tells a screen reader. */
const say = (text) => {
  byId("said").textContent = text;
};
