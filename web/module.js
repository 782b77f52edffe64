// The module behind its plain C interface: requests and answers are JSON in its memory.
"use strict";

/** Starts the module from its bytes, and returns its functions. */
async function startTwinprint(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const { exports } = instance;
  const answer = (packed) => {
    const [address, length] = [Number(packed >> 32n), Number(packed & 0xffffffffn)];
    const text = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, address, length));
    exports.twinprint_release(address, length);
    const value = JSON.parse(text);
    if (value.error !== undefined) throw new Error(value.error);
    return value;
  };
  const ask = (call, request) => {
    const bytes = new TextEncoder().encode(JSON.stringify(request));
    const address = exports.twinprint_allocate(bytes.length);
    if (address === 0) throw new Error("the texts take more memory than the page has");
    new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
    const packed = BigInt.asUintN(64, call(address, bytes.length));
    exports.twinprint_release(address, bytes.length);
    return answer(packed);
  };
  return {
    find: (request) => ask(exports.twinprint_find, request),
    compare: (request) => ask(exports.twinprint_compare, request),
    golden: () => answer(BigInt.asUintN(64, exports.twinprint_golden())),
  };
}
