// The page: reads texts, asks the module, and shows the answers. Texts are only ever inserted as text.

const MAX_ROWS = 1000;
const part = (id) => document.getElementById(id);
let twinprint = null;
let corpus = { names: [], texts: [] };
let found = null;

/** Cuts what was pasted into texts with names. */
function cutTexts(pasted, way) {
  if (way === "jsonl") {
    const rows = pasted.split("\n").map((line, at) => [line, at + 1]).filter(([line]) => line.trim());
    const records = rows.map(([line, number]) => {
      let record;
      try {
        record = JSON.parse(line);
      } catch {
        throw new Error(`line ${number} is no JSON`);
      }
      if (typeof record?.text !== "string") throw new Error(`line ${number} has no text in the field "text"`);
      return [String(record.id ?? number), record.text];
    });
    return { names: records.map(([name]) => name), texts: records.map(([, text]) => text) };
  }
  const pieces = pasted.split(way === "lines" ? /\r?\n/ : /\r?\n[ \t]*\r?\n\s*/);
  const texts = pieces.map((text) => text.trim()).filter((text) => text);
  return { names: texts.map((_, at) => String(at + 1)), texts };
}

/** Half a surrogate pair is no character, and the module takes UTF-8 only. */
const wellFormed = (text) => (text.toWellFormed ? text.toWellFormed() : text);

function element(name, text, ...classes) {
  const made = document.createElement(name);
  made.textContent = text;
  made.classList.add(...classes);
  return made;
}

function excerpt(number) {
  const text = corpus.texts[number];
  const short = text.length > 120 ? `${text.slice(0, 120)} …` : text;
  return `${corpus.names[number]}: ${short}`;
}

function run() {
  part("error").textContent = "";
  try {
    const { texts } = corpus;
    const [threshold, scheme, keep] = [Number(part("threshold").value), part("scheme").value, part("keep").value];
    const start = performance.now();
    found = twinprint.find({ texts: texts.map(wellFormed), threshold, scheme, keep });
    show(performance.now() - start);
  } catch (error) {
    part("error").textContent = error.message;
    part("results").hidden = true;
    part("summary").textContent = "";
  }
}

function show(milliseconds) {
  const count = corpus.texts.length;
  part("summary").textContent =
    `${count} texts, ${found.pairs.length} pairs; ${found.kept.length} kept, ${count - found.kept.length} removed ` +
    `(${milliseconds.toFixed(0)} ms)`;
  const pairs = [...found.pairs].sort((a, b) => b.jaccard - a.jaccard || a.left - b.left || a.right - b.right);
  part("shown").textContent = pairs.length > MAX_ROWS ? `The ${MAX_ROWS} most similar are shown.` : "";
  part("pairs").replaceChildren(...pairs.slice(0, MAX_ROWS).map(pairRow));
  part("clusters").replaceChildren(...found.clusters.slice(0, MAX_ROWS).map(clusterRow));
  part("comparison").hidden = true;
  part("results").hidden = false;
}

function pairRow(pair) {
  const row = document.createElement("tr");
  row.tabIndex = 0;
  row.append(element("td", pair.jaccard.toFixed(3), "number"), element("td", excerpt(pair.left)), element("td", excerpt(pair.right)));
  row.addEventListener("click", () => compare(pair));
  row.addEventListener("keydown", (event) => {
    if (event.key === "Enter") compare(pair);
  });
  return row;
}

function clusterRow(cluster) {
  const row = document.createElement("tr");
  const removed = document.createElement("td");
  removed.append(...cluster.members.map(([number, jaccard]) => element("div", `${jaccard.toFixed(3)}  ${excerpt(number)}`)));
  row.append(element("td", excerpt(cluster.kept)), removed);
  return row;
}

function compare(pair) {
  const [left, right] = [corpus.texts[pair.left], corpus.texts[pair.right]].map(wellFormed);
  const compared = twinprint.compare({ left, right, scheme: part("scheme").value, words: 4 });
  const share = (value) => `${(100 * value).toFixed(0)} %`;
  part("compared").textContent =
    `${corpus.names[pair.left]} and ${corpus.names[pair.right]}: similarity ${compared.jaccard.toFixed(3)}; ` +
    `${share(compared.left_in_right)} of the left one is in the right one, ` +
    `${share(compared.right_in_left)} of the right one in the left one`;
  mark(part("left"), left, compared.passages.map(([start, end]) => [start, end]));
  mark(part("right"), right, compared.passages.map(([, , start, end]) => [start, end]));
  part("comparison").hidden = false;
  part("comparison").scrollIntoView({ block: "nearest" });
}

/** Shows a text with its passages marked. */
function mark(where, text, passages) {
  where.replaceChildren();
  let from = 0;
  for (const [start, end] of passages.sort((a, b) => a[0] - b[0])) {
    if (start < from) continue;
    where.append(text.slice(from, start), element("mark", text.slice(start, end)));
    from = end;
  }
  where.append(text.slice(from));
}

async function readFiles(files) {
  const texts = await Promise.all([...files].map((file) => file.text()));
  if (files.length === 1) {
    part("texts").value = texts[0];
    if (/\.(jsonl|ndjson)$/i.test(files[0].name)) part("cut").value = "jsonl";
    return submit();
  }
  corpus = { names: [...files].map((file) => file.name), texts };
  run();
}

function submit() {
  try {
    corpus = cutTexts(part("texts").value, part("cut").value);
  } catch (error) {
    part("error").textContent = error.message;
    return;
  }
  run();
}

function save() {
  const lines = found.kept.map((number) => JSON.stringify({ id: corpus.names[number], text: corpus.texts[number] }));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.map((line) => `${line}\n`).join("")], { type: "application/jsonl" }));
  link.download = "kept.jsonl";
  link.click();
  URL.revokeObjectURL(link.href);
}

const EXAMPLE = [
  "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.",
  "SKELBY — The ferry to Skelby was cancelled on Monday because of high winds, the operator said.",
  "Councillors voted on Tuesday to close the harbour road for the whole summer.",
].join("\n\n");

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
part("example").addEventListener("click", () => {
  part("texts").value = EXAMPLE;
  part("cut").value = "blank";
  submit();
});
part("save").addEventListener("click", save);
part("files").addEventListener("change", () => readFiles(part("files").files));
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("drop");
});
document.addEventListener("dragleave", () => document.body.classList.remove("drop"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("drop");
  if (event.dataTransfer.files.length) readFiles(event.dataTransfer.files);
});

/** For the tests: the title has the golden vectors, and the answers to the example, as this browser computes them. */
function selfTest() {
  part("example").click();
  part("pairs").firstChild.click();
  document.title = JSON.stringify({
    golden: twinprint.golden(),
    summary: part("summary").textContent.replace(/ \(.*/, ""),
    marked: [...document.querySelectorAll("#left mark, #right mark")].map((mark) => mark.textContent),
  });
}

startTwinprint(Uint8Array.from(atob(MODULE), (letter) => letter.charCodeAt(0))).then(
  (started) => {
    twinprint = started;
    for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
    if (location.hash === "#test") selfTest();
  },
  (error) => {
    part("error").textContent = `This browser cannot run the module: ${error.message}`;
  },
);
