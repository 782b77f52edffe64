// The sections of the page, each with its table.

/** What a comparison shows when it is opened. */
function comparison(pair, contained) {
  const passages = pair.passages.map(({ left, right }, at) => ({ n: at + 1, class: "passage", left: [left], right: [right] }));
  const words = pair.words.map(({ left, right }, at) => ({ n: at + 1, class: "word", left, right }));
  const side = (which) =>
    [...passages, ...words].flatMap((mark) => mark[which].map(([start, end]) => ({ start, end, n: mark.n, class: mark.class })));
  const held = (share) => (passages.length ? `${percent(share)} in shared passages` : "");
  return {
    title: [name(pair.left), contained ? " in " : " and ", name(pair.right)],
    facts: [measures(pair), reason(pair), ...replaced(pair)],
    panes: [
      { id: pair.left, note: held(pair.left_covered), marks: side("left"), partner: "go to it on the right" },
      { id: pair.right, note: held(pair.right_covered), marks: side("right"), partner: "go to it on the left" },
    ],
    passages: passages.length,
    wordCount: words.length,
    words: passages.length === 0,
    marksAre: passages.length
      ? counted(passages.length, "shared passage")
      : `No shared passage; ${counted(words.length, "shared word")} marked`,
    nothing: pair.words_left_out
      ? "No shared passage. The shared words are in the JSON report; this page has no room for them."
      : "No shared passage.",
  };
}

const fact = (label, value, more = "") =>
  element("div", {}, element("dt", {}, label), element("dd", {}, value, more && element("small", {}, more)));

function measures(pair) {
  const { estimate, shingles } = pair;
  const all = shingles.left + shingles.right - shingles.shared;
  const made = element("dl", { className: "measures" });
  made.append(fact("Jaccard", decimal(pair.jaccard), `${grouped(shingles.shared)} of ${counted(all, "shingle")}`));
  if (estimate) made.append(fact("Estimated", decimal(estimate.jaccard), `${decimal(estimate.low)} to ${decimal(estimate.high)}`));
  made.append(fact("Left in right", percent(pair.left_in_right), `of ${counted(shingles.left, "shingle")}`));
  made.append(fact("Right in left", percent(pair.right_in_left), `of ${counted(shingles.right, "shingle")}`));
  return made;
}

function reason(pair) {
  const made = element("p", { className: "reason" });
  if (pair.kind) made.append(element("b", {}, line(pair.kind)), pair.reason ? ": " : "");
  made.append(line(pair.reason));
  return made;
}

/** What stands in one text in place of the words of the other. */
function replaced(pair) {
  if (pair.replaced.length === 0) return [];
  const words = (text) => element("bdi", { dir: "auto" }, line(text));
  const slots = pair.replaced.map(({ left, right, kind }) =>
    element("li", {}, words(left), element("span", { "aria-label": "against" }, " ↔ "), words(right), element("small", {}, line(kind))),
  );
  if (pair.replaced_left_out > 0) slots.push(element("li", {}, `${grouped(pair.replaced_left_out)} more`));
  return [element("div", { className: "replaced" }, element("b", {}, "Replaced"), element("ul", {}, ...slots))];
}

function repetition(entry) {
  const marks = entry.passages.flatMap(({ earlier, later }, at) =>
    [earlier, later].map(([start, end]) => ({ start, end, n: at + 1, class: "passage" })),
  );
  const share = entry.tokens ? entry.repeated / entry.tokens : 0;
  return {
    title: [name(entry.id), " repeats itself"],
    facts: [
      element("p", { className: "reason" }, `${grouped(entry.repeated)} of ${counted(entry.tokens, "token")} (${percent(share)}) have been said before in this text.`),
    ],
    panes: [{ id: entry.id, note: "", marks, partner: "go to the other place" }],
    passages: entry.passages.length,
    wordCount: 0,
    words: false,
    marksAre: counted(entry.passages.length, "repeated passage"),
    nothing: "Nothing is repeated.",
  };
}

/** Rows that open a view; the key names one in the address. */
const entries = (rows, prefix, entry) => rows.map((row, at) => ({ row, key: `${prefix}-${at + 1}`, entry: () => entry(row) }));

const column = (label, value, more = {}) => ({ label, value: ({ row }) => value(row), ...more });
const idColumn = (label, value) => ({ label, value: ({ row }) => value(row), show: ({ row }) => name(value(row)) });

const passages = column("Passages", (row) => row.passages.length, { number: true });
const jaccard = column("Jaccard", (row) => row.jaccard, { measure: true });

function pairColumns() {
  const kinds = report.pairs.some((row) => row.kind) ? [column("Kind", (row) => line(row.kind), { short: true })] : [];
  return [
    idColumn("Left", (row) => row.left),
    idColumn("Right", (row) => row.right),
    ...kinds,
    jaccard,
    column("Estimate", (row) => row.estimate?.jaccard, { measure: true }),
    column("Left in right", (row) => row.left_in_right, { measure: true }),
    column("Right in left", (row) => row.right_in_left, { measure: true }),
    passages,
  ];
}

const containmentColumns = () => [
  idColumn("Text", (row) => row.left),
  idColumn("Stands in", (row) => row.right),
  column("So much of it", (row) => row.left_in_right, { measure: true }),
  column("Share of the page", (row) => row.right_in_left, { measure: true }),
  jaccard,
  passages,
];

/** A section with a table whose rows open. */
function section(id, title, about, note, columns, rows) {
  if (rows.length === 0) return null;
  const table = new Table({ label: title, columns, rows, about, open: (row, shown) => open(shown, shown.indexOf(row)) });
  return framed(id, title, note, rows.length, table.element);
}

function framed(id, title, note, count, ...content) {
  byId("contents").append(element("a", { href: `#${id}` }, `${title} `, element("span", {}, grouped(count))));
  const heading = element("h2", { id: `${id}-title` }, title);
  return element("section", { id, "aria-labelledby": `${id}-title` }, heading, element("p", { className: "note" }, note), ...content);
}

const pairs = entries(report.pairs, "pair", (pair) => comparison(pair, false));
const containments = entries(report.containments, "contained", (pair) => comparison(pair, true));
const repetitions = entries(report.repetitions, "repeated", repetition);
const compared = new Map();
for (const entry of [...containments, ...pairs]) {
  compared.set(`${entry.row.left}\n${entry.row.right}`, entry);
  compared.set(`${entry.row.right}\n${entry.row.left}`, entry);
}

/** Members shown at once. */
const MEMBERS = 100;

function clusterSection() {
  if (report.clusters.length === 0) return null;
  const rows = report.clusters.map((row) => ({ row }));
  const least = ({ members }) => members.reduce((least, { jaccard }) => Math.min(least, jaccard ?? -1), 1);
  const columns = [
    idColumn("Representative", (row) => row.representative),
    column("Kind", (row) => line(row.kind), { short: true }),
    column("Why this one", (row) => line(row.reason)),
    column("Others", (row) => row.members.length, { number: true }),
    column("Least Jaccard", least, { measure: true, show: ({ row }) => (least(row) < 0 ? "chain" : decimal(least(row))) }),
  ];
  // The members are looked through as well, though no column shows them.
  columns.push({ label: "Members", value: ({ row }) => row.members.map(({ id }) => id).join("\n"), hidden: true });
  const table = new Table({ label: "Clusters", columns, rows, about: ["cluster"], open: unfold });
  return framed("clusters", "Clusters", "Texts that belong together, and the one that represents them. Open a row for the others, and why.", rows.length, table.element);
}

/** Shows or hides the members of a cluster under its row. */
function unfold({ row }, _, under) {
  const button = under.querySelector("button.open");
  const below = under.nextElementSibling;
  const isOpen = Boolean(below?.classList.contains("members"));
  button.setAttribute("aria-expanded", String(!isOpen));
  if (isOpen) return below.remove();
  const list = element("ul");
  const more = (from) => {
    list.append(...row.members.slice(from, from + MEMBERS).map((each) => member(row, each)));
    const left = row.members.length - from - MEMBERS;
    if (left <= 0) return;
    const next = element("button", { type: "button", on: { click: () => (item.remove(), more(from + MEMBERS)) } }, `Show more (${grouped(left)} left)`);
    const item = element("li", {}, next);
    list.append(item);
  };
  more(0);
  under.after(element("tr", { className: "members" }, element("td", { colSpan: 5 }, list)));
}

function member(cluster, { id, jaccard, reason }) {
  const made = element("li", {}, name(id), element("span", { className: "number" }, decimal(jaccard)), element("span", {}, line(reason)));
  const entry = compared.get(`${id}\n${cluster.representative}`);
  if (entry) made.append(element("button", { type: "button", on: { click: () => open([entry], 0) } }, "Compare"));
  return made;
}

byId("sections").append(
  ...[
    section("pairs", "Pairs", ["pair"], "Open a row to see both texts and what they share.", pairColumns(), pairs),
    section("contained", "Contained in", ["contained text"], "Short texts that stand inside long ones.", containmentColumns(), containments),
    clusterSection(),
    section(
      "repeated",
      "Repeated within a text",
      ["text"],
      "What one text says more than once: teasers before their articles, menus at both ends of a page.",
      [
        idColumn("Text", (row) => row.id),
        column("Repeated", (row) => (row.tokens ? row.repeated / row.tokens : 0), { measure: true }),
        column("Tokens", (row) => row.tokens, { number: true }),
        passages,
      ],
      repetitions,
    ),
  ].filter(Boolean),
);
if (report.pairs.length + report.clusters.length + report.containments.length === 0) {
  byId("sections").append(element("p", { className: "nothing" }, "No two texts were found to be alike."));
}

/** Opens what the address names. */
function follow() {
  for (const list of [pairs, containments, repetitions]) {
    const at = list.findIndex(({ key }) => `#${key}` === location.hash);
    if (at >= 0) open(list, at);
  }
}
window.addEventListener("hashchange", follow);
follow();
