// An app in another language beside the same sidecar, without an SDK: plain HTTP both ways.
// Environment: APP_PORT (this app), DAPR_HTTP_PORT (its sidecar), APP_API_TOKEN (what its sidecar presents; optional).
import http from 'node:http';

const sidecar = `http://127.0.0.1:${process.env.DAPR_HTTP_PORT}/v1.0`;
const store = `${sidecar}/state/store`;

const routes = {
  // What this app wants to be told.
  'GET /dapr/subscribe': () => [{ pubsubname: 'shared', topic: 'orders', route: '/orders' }],

  // Invoked by others.
  'GET /greet': ({ query, headers }) => ({ greeting: `hello ${query.get('name')}`, caller: headers['dapr-caller-app-id'] }),

  // Invokes an app in .NET.
  'GET /total': async ({ query }) => {
    const price = await json(await fetch(`${sidecar}/invoke/dotnet-app/method/price/${encodeURIComponent(query.get('item'))}`));
    return { total: price.each * Number(query.get('count')) };
  },

  // An event: counted in the state store with its ETag, then answered by another event.
  'POST /orders': async ({ body }) => {
    await count(body.data.item);
    await expect(204, fetch(`${sidecar}/publish/shared/shipped`, post({ item: body.data.item, order: body.id })));
    return { status: 'SUCCESS' };
  },

  'GET /ordered': async ({ query }) => ({ count: (await read(query.get('item'))).value }),
};

async function read(key) {
  const answer = await fetch(`${store}/${encodeURIComponent(key)}`);
  return answer.status === 204 ? { value: 0 } : { value: await json(answer), etag: answer.headers.get('etag') };
}

// Another event may have changed the entry in between: then its ETag is stale, the answer 409, and the count begins anew.
async function count(key) {
  for (;;) {
    const { value, etag } = await read(key);
    const saved = await fetch(store, post([{ key, value: value + 1, etag, options: { concurrency: 'first-write' } }]));
    if (saved.status === 204) return;
    if (saved.status !== 409) throw new Error(`state: ${saved.status} ${await saved.text()}`);
  }
}

const post = (value) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });

async function expect(status, pending) {
  const answer = await pending;
  if (answer.status !== status) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

const json = async (answer) => (await expect(200, answer)).json();

async function handle(request) {
  const token = process.env.APP_API_TOKEN;
  if (token && request.headers['dapr-api-token'] !== token) return [401, { error: 'only by way of the sidecar' }];
  const url = new URL(request.url, 'http://app');
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) return [404, { error: `no ${request.method} ${url.pathname}` }];
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return [200, await route({ query: url.searchParams, headers: request.headers, body: text && JSON.parse(text) })];
}

http.createServer(async (request, response) => {
  const [status, answer] = await handle(request).catch((error) => [500, { error: error.message }]);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}).listen(Number(process.env.APP_PORT), '127.0.0.1');
