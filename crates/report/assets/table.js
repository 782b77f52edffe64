// A table that can be sorted and searched, and that holds one page of rows at a time.

const ROWS = 50;

/**
 * A column has a `label`, and gives of a row a `value` to sort by, and content to `show` (its value unless given). A `measure`
 * is a number from 0 to 1, shown with a bar; `number` aligns to the right. One of `short` words does not wrap. A `hidden` one is only searched.
 */
class Table {
  constructor({ label, columns, rows, open, about }) {
    Object.assign(this, { label, columns, rows, open, about });
    this.shown = rows;
    this.page = 0;
    this.order = { column: null, falling: false };
    this.haystack = rows.map((row) => columns.map((column) => searchable(column.value(row))).join("\n").toLowerCase());
    this.build();
    this.draw();
  }

  build() {
    this.search = element("input", {
      type: "search",
      placeholder: "Search",
      autocomplete: "off",
      "aria-label": `Search ${this.label}`,
      on: { input: () => this.arrange() },
    });
    this.found = element("span", { className: "found" });
    this.visible = this.columns.filter(({ hidden }) => !hidden);
    this.heads = this.visible.map((column) => this.head(column));
    this.body = element("tbody");
    this.pages = element("div", { className: "pages" });
    const head = element("thead", {}, element("tr", {}, ...this.heads));
    this.element = element(
      "div",
      { className: "listing" },
      element("div", { className: "tools" }, this.search, this.found),
      element("table", { "aria-label": this.label }, head, this.body),
      this.pages,
    );
  }

  head(column) {
    const button = element("button", { type: "button", on: { click: () => this.sort(column) } }, column.label);
    return element("th", { scope: "col", className: kind(column), "aria-sort": "none" }, button);
  }

  /** By this column; the other way round where it was by it before. Numbers begin with the greatest. */
  sort(column) {
    const again = this.order.column === column;
    this.order = { column, falling: again ? !this.order.falling : Boolean(column.measure || column.number) };
    this.arrange();
  }

  /** The rows that hold every word looked for, in the order asked for; equal ones in the order of the report. */
  arrange() {
    const wanted = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    this.shown = this.rows.filter((_, at) => wanted.every((word) => this.haystack[at].includes(word)));
    const { column, falling } = this.order;
    const sign = falling ? -1 : 1;
    if (column) this.shown.sort((a, b) => sign * ordered(column.value(a), column.value(b)));
    this.visible.forEach((each, at) => {
      const direction = each !== column ? "none" : falling ? "descending" : "ascending";
      this.heads[at].setAttribute("aria-sort", direction);
    });
    this.turn(0);
  }

  turn(page) {
    this.page = page;
    this.draw();
  }

  draw() {
    const first = this.page * ROWS;
    const rows = this.shown.slice(first, first + ROWS);
    this.body.replaceChildren(...rows.map((row) => this.row(row)));
    const all = this.shown.length === this.rows.length;
    this.found.textContent = all
      ? counted(this.rows.length, ...this.about)
      : `${grouped(this.shown.length)} of ${counted(this.rows.length, ...this.about)}`;
    this.drawPages(first, rows.length);
  }

  drawPages(first, count) {
    const last = Math.ceil(this.shown.length / ROWS) - 1;
    if (last < 1) return this.pages.replaceChildren();
    const step = (label, page, off) =>
      element("button", { type: "button", disabled: off, on: { click: () => this.turn(page) } }, label);
    this.pages.replaceChildren(
      step("Previous", this.page - 1, this.page === 0),
      `${grouped(first + 1)}–${grouped(first + count)} of ${grouped(this.shown.length)}`,
      step("Next", this.page + 1, this.page === last),
    );
  }

  row(row) {
    const cells = this.visible.map((column, at) => this.cell(column, row, at === 0));
    const made = element("tr", {}, ...cells);
    // The button in the first cell is what the keyboard reaches.
    const clicked = (event) => {
      if (!event.target.closest("button, a, details") && String(getSelection()) === "") this.open(row, this.shown, made);
    };
    made.addEventListener("click", clicked);
    return made;
  }

  cell(column, row, first) {
    const value = column.value(row);
    const show = column.show ? column.show(row) : column.measure ? decimal(value) : column.number ? grouped(value) : value;
    const made = element("td", { className: kind(column), "data-label": column.label });
    if (column.measure && typeof value === "number") made.style.setProperty("--share", Math.min(1, Math.max(0, value)));
    if (!first) {
      made.append(show);
      return made;
    }
    const clicked = () => this.open(row, this.shown, made.parentElement);
    made.append(element("button", { type: "button", className: "open", on: { click: clicked } }, show));
    return made;
  }
}

const kind = (column) => (column.measure ? "measure" : column.number ? "number" : column.short ? "short" : "");

/** Numbers are not looked for: every digit would be found everywhere. */
const searchable = (value) => (typeof value === "string" ? value : "");

const collator = new Intl.Collator(undefined, { numeric: true });

function ordered(a, b) {
  if (typeof a === "string" && typeof b === "string") return collator.compare(a, b);
  return (a ?? -1) - (b ?? -1);
}
