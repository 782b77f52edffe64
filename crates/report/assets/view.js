// What opens when a row is chosen: its texts side by side, and the way from mark to mark.

const dialog = byId("view");
/** What is open: its panes, its marks, and which of these was gone to last. */
let view = null;

/**
 * Opens the entry at a place of a list. An entry gives its `title`, its `facts` (elements), its `panes` (`id`, `note`, `marks`) and
 * whether its `words` are shown at first.
 */
function open(list, at) {
  const entry = list[at].entry();
  view = { list, at, entry, current: null, panes: entry.panes.map((pane) => ({ ...pane, body: null })) };
  const facts = element("div", { className: "facts" }, ...entry.facts);
  const panes = element("div", { className: `panes of-${view.panes.length}` }, ...view.panes.map(pane));
  dialog.replaceChildren(bar(), facts, ways(), panes);
  dialog.classList.toggle("words-off", !entry.words);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  if (entry.passages > 0) view.panes.forEach((pane) => scrollTo(pane, anchors(pane, "passage-1")[0]));
  byId("view-title").focus();
  remember(list[at].key);
}

function bar() {
  const { list, at, entry } = view;
  const step = (label, to, text) =>
    element("button", { type: "button", disabled: !list[to], "aria-label": label, on: { click: () => open(list, to) } }, text);
  const title = element("h2", { id: "view-title", tabIndex: -1 }, ...entry.title);
  return element(
    "div",
    { className: "bar" },
    title,
    element(
      "div",
      { className: "steps" },
      step("Previous row", at - 1, "‹"),
      element("span", {}, `${grouped(at + 1)} of ${grouped(list.length)}`),
      step("Next row", at + 1, "›"),
      element("button", { type: "button", className: "close", on: { click: () => dialog.close() } }, "Close"),
    ),
  );
}

/** How many marks there are, and how to go through them. */
function ways() {
  const { entry } = view;
  const made = element("div", { className: "ways" });
  if (entry.passages + entry.wordCount === 0) {
    made.append(entry.nothing);
    return made;
  }
  const go = (label, by) => element("button", { type: "button", on: { click: () => step(by) } }, label);
  made.append(element("span", {}, entry.marksAre), go("Previous", -1), go("Next", 1), element("span", { className: "keys" }, "keys p and n"));
  if (entry.wordCount > 0 && entry.passages > 0) {
    const toggled = (event) => dialog.classList.toggle("words-off", !event.target.checked);
    const box = element("input", { type: "checkbox", checked: entry.words, on: { change: toggled } });
    made.append(element("label", {}, box, `mark ${counted(entry.wordCount, "shared word")} as well`));
  }
  return made;
}

function pane(pane) {
  const excerpt = texts.get(pane.id);
  pane.body = element("div", { className: "text", dir: "auto", tabIndex: 0, role: "region", "aria-label": `Text ${line(pane.id)}` });
  if (excerpt) pane.body.append(marked(excerpt, pane.marks, pane.partner));
  else pane.body.append(element("span", { className: "left-out" }, "This text is not in the report."));
  pane.body.addEventListener("click", clicked);
  pane.body.addEventListener("keydown", (event) => event.key === "Enter" && event.target !== pane.body && clicked(event));
  const size = excerpt ? counted(excerpt.bytes, "byte") : "";
  const head = element("header", {}, name(pane.id), element("span", { className: "size" }, [pane.note, size].filter(Boolean).join(" · ")));
  return element("section", { className: "pane" }, head, pane.body);
}

/** Goes from a mark to its partner: on the other side, or, of a single text, to the other place. */
function clicked(event) {
  const marks = dialog.classList.contains("words-off") ? "[data-chip], mark" : "[data-chip], [data-n]";
  const target = event.target.closest(marks);
  // Who selects text in a mark does not want to leave it.
  const selects = event.type === "click" && !target?.dataset.chip && String(getSelection()) !== "";
  if (!target || selects) return;
  event.preventDefault();
  const mark = target.dataset.chip ? `passage-${target.dataset.chip}` : target.dataset.n;
  const here = view.panes.findIndex((pane) => pane.body.contains(target));
  if (view.panes.length > 1) return show(mark, 1 - here);
  const pair = anchors(view.panes[0], mark);
  const mine = pair.findIndex((anchor) => anchor === target || target.contains(anchor));
  const at = mine >= 0 ? mine : nearest(pair, target);
  show(mark, 0, (at + 1) % Math.max(1, pair.length));
}

/** The last of these that does not stand after an element. */
const nearest = (pair, target) =>
  pair.findLastIndex((anchor) => anchor.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING);

/** Where a mark begins in a pane: chips of a passage, first pieces of a word. */
function anchors(pane, mark) {
  const [kind, n] = mark.split("-");
  const chips = kind === "passage" ? pane.body.querySelectorAll(`[data-chip="${n}"]`) : [];
  return [...(chips.length ? chips : pane.body.querySelectorAll(`[data-n="${mark}"]`))];
}

/** Shows a mark in all panes, and gives the focus to its place in one of them. */
function show(mark, focused, place = 0) {
  for (const lit of dialog.querySelectorAll(".current")) lit.classList.remove("current");
  view.panes.forEach((pane, at) => {
    for (const part of pane.body.querySelectorAll(`[data-n="${mark}"]`)) part.classList.add("current");
    const all = anchors(pane, mark);
    const anchor = all[at === focused ? place : 0];
    scrollTo(pane, anchor);
    if (at === focused) anchor?.focus({ preventScroll: true });
  });
  view.current = mark;
  say(mark.replace("-", " "));
}

function scrollTo(pane, anchor) {
  if (!anchor) return;
  const top = anchor.getBoundingClientRect().top - pane.body.getBoundingClientRect().top;
  pane.body.scrollTop += top - pane.body.clientHeight / 3;
}

/** To the next mark, or the one before; round at the ends. Passages first; words where there is no passage. */
function step(by) {
  const { passages, wordCount } = view.entry;
  const [kind, count] = passages > 0 ? ["passage", passages] : ["word", wordCount];
  if (count === 0) return;
  const now = view.current ? Number(view.current.split("-")[1]) : by > 0 ? 0 : 1;
  show(`${kind}-${((((now - 1 + by) % count) + count) % count) + 1}`, 0);
}

dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
  if (event.key === "n" || event.key === "p") {
    event.preventDefault();
    step(event.key === "n" ? 1 : -1);
  }
});

dialog.addEventListener("close", () => {
  view = null;
  dialog.replaceChildren();
  remember("");
});

/** Keeps what is open in the address, so that it can be linked to. Some browsers forbid it for files. */
function remember(key) {
  try {
    history.replaceState(null, "", key ? `#${key}` : location.pathname + location.search);
  } catch {
    // The address is a convenience.
  }
}
