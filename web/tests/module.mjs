// Checks the module in Node: the golden vectors of the library, the example, and a corpus of some size.
//
//     node web/tests/module.mjs MODULE.wasm
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const beside = (name) => readFileSync(new URL(name, import.meta.url), "utf-8");
const startTwinprint = new Function(`${beside("../module.js")}; return startTwinprint;`)();
const twinprint = await startTwinprint(readFileSync(process.argv[2]));

assert.deepEqual(twinprint.golden(), JSON.parse(beside("golden.json")), "the golden vectors of the library");

const ferry = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.";
const request = { texts: [ferry, `SKELBY — ${ferry}`, "Councillors voted.", ""], threshold: 0.5, scheme: "news", keep: "first" };
const found = twinprint.find(request);
assert.deepEqual(found.pairs, [{ left: 0, right: 1, jaccard: 13 / 14, shared: 13 }]);
assert.deepEqual([found.kept, found.clusters], [[0, 2, 3], [{ kept: 0, members: [[1, 13 / 14]] }]]);
assert.deepEqual(twinprint.find({ ...request, keep: "longest" }).kept, [1, 2, 3]);
const compared = twinprint.compare({ left: `😀 ${ferry}`, right: ferry, scheme: "news", words: 4 });
const [[start, end, otherStart, otherEnd]] = compared.passages;
assert.equal(`😀 ${ferry}`.slice(start, end), ferry.slice(otherStart, otherEnd));

assert.throws(() => twinprint.find({ ...request, threshold: 2 }), /threshold/);
assert.throws(() => twinprint.find({ ...request, scheme: "poems" }), /poems/);
assert.throws(() => twinprint.find({}), /missing field/);

const words = Array.from({ length: 3000 }, (_, number) => `w${(number * 7919) % 3000}`);
const text = (number) => Array.from({ length: 120 }, (_, at) => words[(number * 131 + at * 17 + number * at) % 3000]).join(" ");
const many = Array.from({ length: 5000 }, (_, number) => (number % 10 === 9 ? `${text(number - 1)} more` : text(number)));
const began = performance.now();
const all = twinprint.find({ ...request, texts: many });
assert.ok(all.pairs.length >= 500, `${all.pairs.length} pairs`);
console.log(`5000 texts: ${all.pairs.length} pairs in ${(performance.now() - began).toFixed(0)} ms`);
for (let round = 0; round < 2000; round += 1) twinprint.find(request);
console.log("the module holds");
