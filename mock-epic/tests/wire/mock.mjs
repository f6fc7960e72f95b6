// Starts the built program, and does what every test needs of it.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {exportJWK, generateKeyPair, SignJWT} from 'jose';

const program = process.env.EPICENTER_PROGRAM;
const startLimit = 20_000;

/** One running mock with a registered client. */
export class Mock {
  /** options: profile, args (further command line), alg of the client's key */
  static async start({profile = 'strict', args = [], alg = 'RS384'} = {}) {
    if (!program) throw new Error('EPICENTER_PROGRAM names the program to test');
    const made = new Mock();
    made.folder = mkdtempSync(join(tmpdir(), 'epicenter-wire-'));
    made.client = 'wire-test-client';
    made.alg = alg;
    const pair = await generateKeyPair(alg, {modulusLength: 2048, extractable: true});
    made.privateKey = pair.privateKey;
    made.publicJwk = {...(await exportJWK(pair.publicKey)), kid: 'wire-1', alg, use: 'sig'};
    const jwks = join(made.folder, 'jwks.json');
    writeFileSync(jwks, JSON.stringify({keys: [made.publicJwk]}));
    const line = ['mock', '--listen', '127.0.0.1:0', '--profile', profile, '--client', made.client, '--jwks', jwks, ...args];
    made.process = spawn(program, line, {stdio: ['ignore', 'pipe', 'inherit']});
    made.ended = once(made.process, 'exit');
    try {
      Object.assign(made, JSON.parse(await firstLine(made.process)));  // fhir, token, admin
    } catch (why) {
      await made.stop();
      throw new Error(`the mock did not start: ${why.message}`);
    }
    return made;
  }

  async stop() {
    if (this.process.exitCode === null) this.process.kill('SIGTERM');
    const [code] = await this.ended;
    rmSync(this.folder, {recursive: true, force: true});
    return code;
  }

  async assertion(claims = {}) {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({jti: crypto.randomUUID(), ...claims})
      .setProtectedHeader({alg: this.alg, typ: 'JWT', kid: 'wire-1'})
      .setIssuer(this.client).setSubject(this.client).setAudience(this.token)
      .setIssuedAt(now).setExpirationTime(now + 240)
      .sign(this.privateKey);
  }

  /** The token endpoint's whole answer. */
  async requestToken(scope) {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await this.assertion(),
    });
    if (scope) body.set('scope', scope);
    return fetch(this.token, {method: 'POST', body});
  }

  async bearer() {
    if (!this.accessToken) {
      const answer = await this.requestToken();
      const body = await answer.json();
      if (!answer.ok) throw new Error(`no token: ${answer.status} ${JSON.stringify(body)}`);
      this.accessToken = body.access_token;
    }
    return this.accessToken;
  }

  /** fetch below the FHIR base (or of an absolute URL), as JSON and with a token unless headers say otherwise. */
  async ask(path, {method = 'GET', headers = {}, body} = {}) {
    const url = path.startsWith('http') ? path : this.fhir + path;
    const sent = {Authorization: `Bearer ${await this.bearer()}`, Accept: 'application/fhir+json', ...headers};
    if (body !== undefined && !sent['Content-Type']) sent['Content-Type'] = 'application/fhir+json';
    return fetch(url, {method, headers: sent, body: typeof body === 'object' ? JSON.stringify(body) : body, redirect: 'manual'});
  }

  async json(path, options) {
    const answer = await this.ask(path, options);
    const text = await answer.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`${path}: ${answer.status}, no JSON: ${text.slice(0, 200)}`);
    }
  }

  /** Every page of a search: its match resources. */
  async search(path) {
    const found = [];
    for (let next = path; next;) {
      const bundle = await this.json(next);
      if (bundle.resourceType !== 'Bundle') throw new Error(`${next}: ${JSON.stringify(bundle).slice(0, 300)}`);
      for (const entry of bundle.entry ?? []) if (entry.search?.mode === 'match') found.push(entry.resource);
      next = bundle.link?.find((link) => link.relation === 'next')?.url;
    }
    return found;
  }

  /** [{patient, encounter}] */
  async patients() {
    return (await (await fetch(`${this.admin}/site/patients`)).json()).patients;
  }
}

async function firstLine(child) {
  const lines = createInterface({input: child.stdout});
  const late = setTimeout(() => lines.close(), startLimit);
  try {
    for await (const line of lines) return line;
    throw new Error('it printed nothing');
  } finally {
    clearTimeout(late);
    child.stdout.resume();
  }
}
