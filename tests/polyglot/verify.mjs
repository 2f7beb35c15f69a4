#!/usr/bin/env node
// A verifier of Lucid's evidence bundles in plain Node 20, written from docs/formats.md alone.
// It needs no package, no network, and nothing of the C# code it checks.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { verifyBundle } from './evidence/bundle.mjs';
import { decryptBundle, decryptToFolder } from './evidence/decrypt.mjs';
import { Invalid, Unreadable, Unusable } from './evidence/faults.mjs';
import { knownPoints } from './evidence/receipt.mjs';
import { memory, withFile } from './evidence/source.mjs';
import { sha256 } from './evidence/crypto.mjs';
import { checkVectors } from './evidence/vectors.mjs';

const usage = `usage:
  verify.mjs BUNDLE [--genesis HASH] [--known-head FILE]... [--json]
  verify.mjs decrypt BUNDLE --key JWK_FILE [--genesis HASH] [--out FOLDER]
  verify.mjs vectors formats.md     compute the worked example of the document again
  verify.mjs batch                  judge the bundles of standard input, one JSON object a line
exit: 0 valid, 1 invalid, 2 unreadable or not usable, 3 consistent but no genesis pinned`;

/** Judges a bundle and never throws but for defects of this program. */
function judge(source, { genesis, known }) {
  const pinned = pinnedHash(genesis);
  try {
    const { manifest, chain, compared } = verifyBundle(source, { genesis: pinned, known });
    return {
      verdict: pinned === undefined ? 'consistent, trust not established' : 'valid',
      exit: pinned === undefined ? 3 : 0,
      genesis_hash: chain.genesis.hash.toString('hex'),
      session_id: manifest.session_id,
      chunks: manifest.chunk_count,
      complete: !manifest.incomplete,
      block_height: Number(chain.header.height),
      block_hash: chain.header.hash.toString('hex'),
      vouched_by: `${chain.signers} of ${chain.voters} ${chain.mode === 'bootstrap' ? 'bootstrap authorities' : 'validators'}, ${chain.witnesses} witnesses`,
      owner_signed: chain.ownerSigned,
      known_heads_agreeing: compared.agreeing,
      known_heads_not_comparable: compared.notComparable,
    };
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error) {
  if (error instanceof Invalid) return { verdict: 'invalid', exit: 1, where: error.where, reason: error.message };
  if (error instanceof Unreadable) return { verdict: 'unreadable', exit: 2, reason: error.message };
  throw error;
}

function pinnedHash(text) {
  if (text === undefined || text === null) return undefined;
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Unusable('a genesis hash has 64 lower-case hex digits');
  return text;
}

const commands = {
  verify({ positionals: [bundle], values }) {
    const known = (values['known-head'] ?? []).flatMap((file) => knownPoints(readFileSync(file)));
    const report = orUnreadable(() => withFile(bundle, (source) => judge(source, { genesis: values.genesis, known })));
    if (values.json) console.log(JSON.stringify(report));
    else console.log(report.reason ? `${report.verdict}: ${report.where ? `${report.where}: ` : ''}${report.reason}` : Object.entries(report).map(([name, value]) => `${name}: ${value}`).join('\n'));
    return report.exit;
  },

  decrypt({ positionals: [bundle], values }) {
    const jwk = JSON.parse(readFileSync(values.key, 'utf8'));
    const files = withFile(bundle, (source) => decryptToFolder(source, jwk, values.out ?? '.', { genesis: pinnedHash(values.genesis) }));
    console.log(files.join('\n'));
    return 0;
  },

  vectors({ positionals: [document] }) {
    const { computed, wrong } = checkVectors(readFileSync(document, 'utf8'));
    for (const name of wrong) console.error(`${name} is not what the document says`);
    console.log(`${computed} vectors computed, ${wrong.length} wrong`);
    return wrong.length === 0 ? 0 : 1;
  },

  /** In: {id, bundle: base64, genesis?, known?: [base64], key?: JWK}. Out: the report with the id; with a key also SHA-256 of each plain chunk. */
  async batch() {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      if (line !== '') console.log(JSON.stringify(one(JSON.parse(line))));
    }
    return 0;
  },
};

function one({ id, bundle, genesis, known = [], key }) {
  try {
    const source = memory(Buffer.from(bundle, 'base64'));
    const report = judge(source, { genesis, known: known.flatMap((file) => knownPoints(Buffer.from(file, 'base64'))) });
    return { id, ...report, ...(key && report.exit !== 1 && { plain: plainHashes(source, key) }) };
  } catch (error) {
    if (error instanceof Unusable) return { id, verdict: 'unusable', exit: 2, reason: error.message };
    return { id, verdict: 'defect', exit: -1, reason: error.stack };
  }
}

function plainHashes(source, key) {
  try {
    const hashes = [];
    decryptBundle(source, key, (_, chunk, plain) => hashes.push(sha256(plain).toString('hex')));
    return hashes;
  } catch (error) {
    if (error instanceof Invalid) return error.message;
    throw error;
  }
}

function orUnreadable(work) {
  try {
    return work();
  } catch (error) {
    return refusal(error);
  }
}

const options = { genesis: { type: 'string' }, 'known-head': { type: 'string', multiple: true }, json: { type: 'boolean' }, key: { type: 'string' }, out: { type: 'string' } };

async function main() {
  const { positionals, values } = parseArgs({ options, allowPositionals: true });
  const named = positionals.length > 0 && positionals[0] !== 'verify' && Object.hasOwn(commands, positionals[0]);
  const name = named ? positionals[0] : 'verify';
  const rest = named || positionals[0] === 'verify' ? positionals.slice(1) : positionals;
  if (rest.length !== (name === 'batch' ? 0 : 1) || (name === 'decrypt' && values.key === undefined)) throw new Unusable(usage);
  return commands[name]({ positionals: rest, values });
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof Unusable || error instanceof Unreadable || error instanceof Invalid || error.code?.startsWith?.('ERR_PARSE_ARGS') || error.syscall !== undefined || error instanceof SyntaxError;
  console.error(expected ? error.message : error.stack);
  process.exitCode = error instanceof Invalid ? 1 : 2;
}
