// What toxics do to bytes and connections, held against what Toxiproxy 2.12.0 does (measured on it). The tests named
// «ours:» are the deliberate differences.
import assert from 'node:assert/strict';
import {after, afterEach, before, beforeEach, test} from 'node:test';
import {FaultProxy} from './proxy.mjs';
import {Client, listen, pause, refused} from './sockets.mjs';

let server;
let origin;
let clients;
let proxy;
before(async () => {
  server = await FaultProxy.start();
  origin = await listen((socket) => {
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('end', () => socket.end());
  });
});
after(async () => {
  await server?.stop();
  await origin?.stop();
});
beforeEach(async () => {
  clients = [];
  proxy = await server.must('POST', '/proxies', {name: 'echo', listen: '127.0.0.1:0', upstream: origin.address});
});
afterEach(async () => {
  for (const one of clients) one.close();
  await server.must('DELETE', '/proxies/echo');
});

async function connect() {
  const made = await Client.connect(proxy.listen);
  clients.push(made);
  return made;
}
async function echo(client, bytes) {
  const before = client.text.length;
  const started = performance.now();
  client.write(bytes);
  assert.ok(await client.received(before + bytes.length), `${client.text.length - before} of ${bytes.length} came back`);
  return performance.now() - started;
}
const toxic = (type, attributes = {}, more = {}) =>
  server.must('POST', '/proxies/echo/toxics', {type, name: type, attributes, ...more});
const change = (name, body) => server.must('POST', `/proxies/echo/toxics/${name}`, body);
const remove = (name) => server.must('DELETE', `/proxies/echo/toxics/${name}`);

function between(value, low, high, what) {
  assert.ok(value >= low && value <= high, `${what}: ${value.toFixed(1)} is not in ${low}..${high}`);
}

test('without toxics bytes pass unchanged, and the end of the stream', async () => {
  const client = await connect();
  const sent = Buffer.alloc(1 << 20, 'abcdefg').toString('latin1');
  await echo(client, sent);
  assert.equal(client.text, sent);
  client.socket.end();
  assert.equal(await client.end(), 'fin');
});

test('ours: a half-close is relayed, and its client gets the answer', async () => {
  const late = await listen((socket) => {
    let got = '';
    socket.on('data', (bytes) => (got += bytes));
    socket.on('end', () => socket.end(`got ${got}`));
  });
  await server.must('POST', '/proxies/echo', {upstream: late.address});
  const client = await connect();
  client.socket.end('question');
  assert.equal(await client.end(), 'fin');
  assert.equal(client.text, 'got question');
  client.close();
  await late.stop();
});

test('a refused upstream is an accepted connection and a FIN', async () => {
  await server.must('POST', '/proxies/echo', {upstream: '127.0.0.1:1'});
  const client = await connect();
  assert.equal(await client.end(), 'fin');
});

test('ours: an upstream that does not answer blocks neither other clients nor the API', async () => {
  // TEST-NET-1 (RFC 5737): nobody answers there, or the address is refused by policy.
  const dead = await server.call('POST', '/proxies', {name: 'dead', listen: '127.0.0.1:0', upstream: '192.0.2.1:9'});
  if (dead.status !== 201) return;
  const waiting = await Client.connect(dead.json.listen);
  clients.push(waiting);
  const started = performance.now();
  await server.must('GET', '/proxies');
  await echo(await connect(), 'x');
  await server.must('DELETE', '/proxies/dead');
  between(performance.now() - started, 0, 1000, 'ms');
});

test('latency delays each chunk, adds up, and acts on open connections', async () => {
  const client = await connect();
  await echo(client, 'x');
  await toxic('latency', {latency: 200});
  between(await echo(client, 'x'), 199, 390, 'one way');
  await toxic('latency', {latency: 200}, {name: 'second'});
  between(await echo(client, 'x'), 399, 900, 'two toxics');
});

test('latency keeps the spacing of what is sent together', async () => {
  await toxic('latency', {latency: 300});
  const client = await connect();
  for (let i = 0; i < 4; i += 1) {
    client.write('x');
    await pause(50);
  }
  assert.ok(await client.received(4));
  const times = client.chunks.map((one) => one.at);
  between(times.at(-1) - times[0], 100, 800, 'spacing: delays overlap');
});

test('a jitter beyond the latency means none at times', async () => {
  await toxic('latency', {latency: 5, jitter: 50});
  const client = await connect();
  const times = [];
  for (let i = 0; i < 40; i += 1) times.push(await echo(client, 'x'));
  assert.ok(times.some((t) => t < 5), 'none was early');
  assert.ok(times.some((t) => t > 15), 'none was late');
  assert.ok(times.every((t) => t < 120), 'one was beyond 55 ms');
});

test('removing latency lets what waits go at once', async () => {
  await toxic('latency', {latency: 10_000});
  const client = await connect();
  client.write('x');
  await pause(100);
  await remove('latency');
  assert.ok(await client.received(1, 500));
});

test('bandwidth bounds one direction of a connection, at 1000 bytes a kB', async () => {
  await toxic('bandwidth', {rate: 100}, {stream: 'upstream'});
  const client = await connect();
  between(await echo(client, 'x'.repeat(100_000)), 800, 1300, 'ms for 100 kB at 100 kB/s');
});

test('bandwidth 0 stalls without loss until it is removed', async () => {
  await toxic('bandwidth', {rate: 0});
  const client = await connect();
  client.write('held');
  assert.equal(await client.received(1, 300), false);
  await remove('bandwidth');
  assert.ok(await client.received(4, 500));
  assert.equal(client.text, 'held');
});

test('slow_close holds the end back, not the bytes', async () => {
  await toxic('slow_close', {delay: 400});
  const client = await connect();
  client.socket.end('x');
  assert.ok(await client.received(1));
  between(client.elapsed, 0, 300, 'the byte');
  assert.equal(await client.end(), 'fin');
  between(client.elapsed, 395, 700, 'the end');
});

test('timeout drops everything and closes when nothing came for so long', async () => {
  await toxic('timeout', {timeout: 300}, {stream: 'upstream'});
  const client = await connect();
  for (let i = 0; i < 5; i += 1) {
    client.write('x');
    await pause(200);
  }
  assert.equal(await client.end(), 'fin');
  between(client.elapsed, 1000, 1500, 'the timer begins anew with each chunk');
  assert.equal(client.text, '');
});

test('timeout 0 never closes, and its removal does', async () => {
  await toxic('timeout', {timeout: 0});
  const client = await connect();
  client.write('x');
  assert.equal(await client.end(400), 'open');
  await remove('timeout');
  assert.equal(await client.end(), 'fin');
  assert.equal(client.text, '');
});

test('reset_peer resets after the first bytes, not before', async () => {
  await toxic('reset_peer', {timeout: 150}, {stream: 'upstream'});
  const client = await connect();
  assert.equal(await client.end(400), 'open', 'an idle connection is never reset');
  const sent = client.elapsed;
  client.write('x');
  assert.equal(await client.end(), 'rst');
  between(client.elapsed - sent, 145, 1500, 'ms');
});

test('ours: reset_peer resets connections that were open already, too', async () => {
  const client = await connect();
  await echo(client, 'x');
  await toxic('reset_peer', {timeout: 0}, {stream: 'upstream'});
  client.write('y');
  assert.equal(await client.end(), 'rst');
});

test('ours: reset_peer with toxicity 0 resets nobody', async () => {
  await toxic('reset_peer', {timeout: 0}, {toxicity: 0});
  for (let i = 0; i < 10; i += 1) {
    const client = await connect();
    await echo(client, 'x');
    client.socket.end();
    assert.equal(await client.end(), 'fin');
  }
});

test('slicer cuts into small pieces without loss', async () => {
  await toxic('slicer', {average_size: 64, size_variation: 32, delay: 2000});
  const client = await connect();
  const sent = Buffer.alloc(3000, '0123456789').toString('latin1');
  const took = await echo(client, sent);
  assert.equal(client.text, sent);
  assert.ok(client.chunks.length > 5, `${client.chunks.length} pieces`);
  assert.ok(took > 40, `gaps make it last: ${took.toFixed(1)} ms`);
});

test('ours: a slicer without average_size is a 400, and the server lives', async () => {
  const answer = await server.call('POST', '/proxies/echo/toxics', {type: 'slicer'});
  assert.equal(answer.status, 400);
  await echo(await connect(), 'x');
});

test('limit_data passes so many bytes, then a FIN', async () => {
  await toxic('limit_data', {bytes: 100});
  const client = await connect();
  client.write('x'.repeat(250));
  assert.equal(await client.end(), 'fin');
  assert.equal(client.text.length, 100);
});

test('limit_data counts on through updates; 0 closes at the first byte', async () => {
  await toxic('limit_data', {bytes: 100});
  const client = await connect();
  await echo(client, 'x'.repeat(60));
  await change('limit_data', {attributes: {bytes: 80}});
  client.write('y'.repeat(60));
  assert.equal(await client.end(), 'fin');
  assert.equal(client.text.length, 80);
  await change('limit_data', {attributes: {bytes: 0}});
  const next = await connect();
  next.write('x');
  assert.equal(await next.end(), 'fin');
  assert.equal(next.text, '');
});

test('noop changes nothing', async () => {
  await toxic('noop');
  between(await echo(await connect(), 'x'), 0, 140, 'ms');
});

test('toxicity is drawn once a connection', async () => {
  await toxic('latency', {latency: 150}, {toxicity: 0.5});
  let slow = 0;
  for (let i = 0; i < 30; i += 1) {
    const client = await connect();
    const times = [await echo(client, 'x'), await echo(client, 'x'), await echo(client, 'x')];
    const delayed = times.filter((t) => t > 145).length;
    assert.ok(delayed === 0 || delayed === 3, `all or nothing, not ${delayed} of 3`);
    if (delayed === 3) slow += 1;
    client.close();
  }
  between(slow, 5, 25, 'connections of 30');
});

test('an update of a toxic draws anew which connections it hits', async () => {
  await toxic('latency', {latency: 150}, {toxicity: 0.5});
  const client = await connect();
  const seen = new Set();
  for (let i = 0; i < 20 && seen.size < 2; i += 1) {
    await change('latency', {toxicity: 0.5});
    seen.add((await echo(client, 'x')) > 145);
  }
  assert.equal(seen.size, 2);
});

test('toxicity beyond 1 hits all, below 0 none', async () => {
  await toxic('latency', {latency: 150}, {toxicity: 7});
  between(await echo(await connect(), 'x'), 149, 600, 'ms');
  await change('latency', {toxicity: -1});
  between(await echo(await connect(), 'x'), 0, 140, 'ms');
});

test('disabled: connects are refused, open connections end by FIN; enabled: as before', async () => {
  const client = await connect();
  await echo(client, 'x');
  await server.must('POST', '/proxies/echo', {enabled: false});
  assert.equal(await client.end(), 'fin');
  assert.ok(await refused(proxy.listen));
  await server.must('POST', '/proxies/echo', {enabled: true});
  await echo(await connect(), 'x');
});

test('a new upstream drops connections and keeps toxics', async () => {
  const other = await listen((socket) => socket.end('other'));
  await toxic('latency', {latency: 1});
  const client = await connect();
  await echo(client, 'x');
  const changed = await server.must('PATCH', '/proxies/echo', {upstream: other.address});
  assert.equal(changed.toxics.length, 1);
  assert.equal(changed.listen, proxy.listen);
  assert.equal(await client.end(), 'fin');
  const next = await connect();
  assert.equal(await next.end(), 'fin');
  assert.equal(next.text, 'other');
  next.close();
  await other.stop();
});

test('a removed proxy closes its connections and its port', async () => {
  const made = await server.must('POST', '/proxies', {name: 'gone', listen: '127.0.0.1:0', upstream: origin.address});
  const client = await Client.connect(made.listen);
  clients.push(client);
  await echo(client, 'x');
  await server.must('DELETE', '/proxies/gone');
  assert.equal(await client.end(), 'fin');
  assert.ok(await refused(made.listen));
});

test('ours: a toxic with a lease ends by itself', async () => {
  await toxic('latency', {latency: 150}, {lease_ms: 500});
  const client = await connect();
  between(await echo(client, 'x'), 149, 900, 'ms');
  await pause(700);
  between(await echo(client, 'x'), 0, 140, 'ms');
  assert.deepEqual(await server.must('GET', '/proxies/echo/toxics'), []);
});
