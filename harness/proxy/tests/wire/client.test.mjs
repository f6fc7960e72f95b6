// Toxiproxy's client from npm, unchanged, does its daily work against ours.
import assert from 'node:assert/strict';
import {after, beforeEach, before, test} from 'node:test';
import toxiproxy from 'toxiproxy-node-client';
import {FaultProxy} from './proxy.mjs';

const {Toxiproxy, Proxy, Toxic, ToxiproxyError} = toxiproxy;

let server;
let client;
before(async () => {
  server = await FaultProxy.start();
  client = new Toxiproxy(server.api);
});
beforeEach(async () => {
  for (const proxy of Object.values(await client.getAll())) await proxy.remove();
});
after(() => server?.stop());

const body = (name) => ({name, listen: '127.0.0.1:0', upstream: '127.0.0.1:9'});
const add = (proxy, more) => proxy.addToxic({
  name: 'slow', type: 'latency', stream: 'downstream', toxicity: 1, attributes: {latency: 100, jitter: 10}, ...more,
});

test('the version is one that clients know', async () => {
  assert.equal(await client.getVersion(), '{"version": "2.12.0"}\n');
});

test('a proxy is created, shown, listed, changed and removed', async () => {
  const made = await client.createProxy(body('redis'));
  assert.ok(made instanceof Proxy);
  assert.match(made.listen, /^127\.0\.0\.1:[1-9]\d*$/);
  assert.deepEqual((await client.get('redis')).toJson(), {...body('redis'), listen: made.listen, enabled: true});
  assert.deepEqual(Object.keys(await client.getAll()), ['redis']);
  const off = await made.update({...made.toJson(), enabled: false});
  assert.equal(off.enabled, false);
  assert.equal(off.listen, made.listen);
  const on = await off.update({...off.toJson(), enabled: true});
  assert.equal(on.enabled, true);
  await on.remove();
  assert.deepEqual(await client.getAll(), {});
});

test('a proxy that is there already is refused', async () => {
  await client.createProxy(body('twice'));
  await assert.rejects(client.createProxy(body('twice')), (why) => why instanceof ToxiproxyError && /409/.test(why.message));
  await assert.rejects(client.get('nobody'), /404/);
});

test('a toxic is added, shown, changed and removed', async () => {
  const proxy = await client.createProxy(body('toxic'));
  const added = await add(proxy);
  assert.ok(added instanceof Toxic);
  const sent = {name: 'slow', type: 'latency', stream: 'downstream', toxicity: 1, attributes: {latency: 100, jitter: 10}};
  assert.deepEqual(added.toJson(), sent);
  assert.deepEqual((await proxy.getToxic('slow')).toJson(), sent);
  const changed = await added.update({...sent, toxicity: 0.5, attributes: {latency: 7}});
  assert.deepEqual(changed.toJson(), {...sent, toxicity: 0.5, attributes: {latency: 7, jitter: 10}});
  await changed.remove();
  await assert.rejects(proxy.getToxic('slow'), /404/);
});

test('toxics of every type that the client knows are taken', async () => {
  const proxy = await client.createProxy(body('all'));
  const types = {
    latency: {latency: 1, jitter: 1}, bandwidth: {rate: 10}, slow_close: {delay: 1}, timeout: {timeout: 1},
    slicer: {average_size: 10, size_variation: 5, delay: 1}, limit_data: {bytes: 10}, reset_peer: {timeout: 1},
  };
  for (const [type, attributes] of Object.entries(types)) {
    const added = await add(proxy, {name: type, type, attributes});
    assert.deepEqual(added.attributes, attributes);
  }
});

test('populate creates all, and of nothing is nothing (the original breaks its client here)', async () => {
  const made = await client.populate([body('a'), body('b')]);
  assert.deepEqual(Object.keys(made), ['a', 'b']);
  assert.ok(made.a instanceof Proxy);
  assert.deepEqual(await client.populate([]), {});
  await assert.rejects(client.populate([{name: 'c'}]), /400/);
});

test('populate applies toxics (the original ignores them)', async () => {
  const toxics = [{type: 'latency', name: 'slow', attributes: {latency: 5}}];
  const made = await client.populate([{...body('a'), toxics}]);
  assert.equal((await made.a.getToxic('slow')).attributes.latency, 5);
});

test('reset enables all and removes their toxics', async () => {
  const proxy = await client.createProxy({...body('down'), enabled: false});
  await add(proxy);
  await client.reset();
  assert.equal((await client.get('down')).enabled, true);
  await assert.rejects(proxy.getToxic('slow'), /404/);
});
