// From a verified bundle and the key of a recipient to what was recorded.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { require, within } from './faults.mjs';
import { chunkPath, verifyBundle } from './bundle.mjs';
import { open } from './chunk.mjs';
import { openEnvelope, recipient } from './hpke.mjs';

/** The data key of a bundle for the holder of a private JWK. */
export function dataKey({ manifest, keys }, jwk) {
  const { alg, kid } = recipient(jwk);
  const envelope = keys.envelopes.find((e) => e.kid === kid && e.alg === alg);
  require(envelope !== undefined, 'the bundle has no envelope for this key');
  return openEnvelope(envelope, jwk, manifest.session_id, manifest.crypto.dek_id);
}

/** Verifies a bundle and calls take(manifest, chunk, plain) for each chunk in order. */
export function decryptBundle(source, jwk, take, options = {}) {
  const bundle = verifyBundle(source, options);
  const key = within('keys.json', () => dataKey(bundle, jwk));
  bundle.manifest.chunks.forEach((chunk, i) => {
    within(chunkPath(chunk.index), () => take(bundle.manifest, chunk, open(bundle.chunkFile(i), key, chunk.plain_len)));
  });
  return bundle;
}

/** Writes SESSION.runN.mp4 for each run and SESSION.events.ndjson, overwriting nothing. Gives the names of the files. */
export function decryptToFolder(source, jwk, folder, options) {
  const written = new Set();
  decryptBundle(source, jwk, (manifest, chunk, plain) => {
    const file = join(folder, `${manifest.session_id}.${chunk.stream === 'events' ? 'events.ndjson' : `run${chunk.run}.mp4`}`);
    if (written.has(file)) appendFileSync(file, plain);
    else writeFileSync(file, plain, { flag: 'wx', mode: 0o600 });
    written.add(file);
  }, options);
  return [...written];
}
